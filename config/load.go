package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// MaxFile bounds a configuration file, in bytes. A thousand services need about a tenth of it.
const MaxFile = 4 << 20

// Load reads a configuration file; name stands before line numbers. Everything wrong with it is reported at once: the
// error is a Problems, and no Config comes with it.
func Load(data []byte, name string) (*Config, error) {
	c := &Config{}
	s := &strict{file: name, places: places{}}
	root, err := document(data, name)
	if err != nil {
		return nil, err
	}
	s.value(root, reflect.ValueOf(c).Elem(), "", rule{}, 0)
	c.places = s.places
	c.check(s)
	if err := s.problems.err(); err != nil {
		return nil, err
	}
	c.Duty.fill()
	return c, nil
}

// Decode decodes the adapter's settings into the struct that into points to, as strictly as the rest of the file: the
// struct's tags are those of this package. Where the struct has a method Validate() error, its errors are reported too.
func (a Adapter) Decode(into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("config: settings can't be decoded into %T", into)
	}
	n := a.Settings
	if n.IsZero() {
		n = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: a.line}
	}
	s := &strict{file: a.file, places: places{}}
	s.value(&n, v.Elem(), a.path, rule{}, 0)
	return s.problems.err()
}

// document parses the one document of a file.
func document(data []byte, name string) (*yaml.Node, error) {
	fail := func(line int, format string, args ...any) error {
		return Problems{{File: name, Line: line, Sentence: fmt.Sprintf(format, args...)}}
	}
	if len(data) > MaxFile {
		return nil, fail(1, "the file is larger than %s", Size(MaxFile))
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := d.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, fail(1, "the file is empty")
	case err != nil:
		line, sentence := syntax(err)
		return nil, fail(line, "%s", sentence)
	case len(doc.Content) != 1:
		return nil, fail(1, "the file is empty")
	}
	switch err := d.Decode(&more); {
	case errors.Is(err, io.EOF):
	case err != nil:
		line, sentence := syntax(err)
		return nil, fail(line, "%s", sentence)
	default:
		return nil, fail(more.Line, "the file holds a second document: a configuration is one")
	}
	return doc.Content[0], nil
}

var syntaxError = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*)`)

// syntax takes the parser's message apart.
func syntax(err error) (line int, sentence string) {
	m := syntaxError.FindStringSubmatch(err.Error())
	line, _ = strconv.Atoi(m[1])
	return max(1, line), "not valid YAML: " + m[2]
}
