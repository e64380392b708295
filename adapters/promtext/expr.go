package promtext

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// expr is a parsed expression: what to compute, from which series.
type expr struct {
	function  string
	quantile  float64
	selectors []selector
}

type selector struct {
	metric   string
	matchers []matcher
}

type matcher struct {
	label, value string
	regex        *regexp.Regexp // nil for = and !=
	negative     bool
}

// The bounds on an expression.
const (
	maxExpr     = 2048 // bytes
	maxMatchers = 16   // of one selector
)

// functions are the functions with their number of selectors; quantile takes a number before them.
var functions = map[string]int{"ratio": 2, "rate": 1, "increase": 1, "value": 1, "quantile": 1}

// Check reports what is wrong with an expression, and where.
func Check(text string) error {
	_, err := parse(text)
	return err
}

type parser struct {
	text string
	at   int
}

func parse(text string) (expr, error) {
	if len(text) > maxExpr {
		return expr{}, fmt.Errorf("an expression of %d bytes is over the limit of %d", len(text), maxExpr)
	}
	p := &parser{text: text}
	e, err := p.expr()
	if err == nil && p.peek() != 0 {
		err = errors.New("the expression should end")
	}
	if err != nil {
		return expr{}, fmt.Errorf("expression, character %d: %w", p.at+1, err)
	}
	return e, nil
}

func (p *parser) expr() (e expr, err error) {
	p.peek()
	start := p.at
	if e.function, err = p.name("a function"); err != nil {
		return e, err
	}
	n, known := functions[e.function]
	if !known {
		p.at = start
		return e, fmt.Errorf("%q is none of ratio, rate, increase, value, quantile", e.function)
	}
	if err := p.want('('); err != nil {
		return e, err
	}
	if e.function == "quantile" {
		if e.quantile, err = p.share(); err != nil {
			return e, err
		}
		if err := p.want(','); err != nil {
			return e, err
		}
	}
	for i := range n {
		if i > 0 {
			if err := p.want(','); err != nil {
				return e, err
			}
		}
		s, err := p.selector()
		if err != nil {
			return e, err
		}
		e.selectors = append(e.selectors, s)
	}
	return e, p.want(')')
}

func (p *parser) selector() (s selector, err error) {
	if s.metric, err = p.name("a metric"); err != nil {
		return s, err
	}
	if p.peek() != '{' {
		return s, nil
	}
	p.at++
	for p.peek() != '}' {
		if len(s.matchers) == maxMatchers {
			return s, fmt.Errorf("more than %d matchers", maxMatchers)
		}
		m, err := p.matcher()
		if err != nil {
			return s, err
		}
		s.matchers = append(s.matchers, m)
		if p.peek() == ',' {
			p.at++
		} else if p.peek() != '}' {
			return s, errors.New("',' or '}' should stand here")
		}
	}
	p.at++
	return s, nil
}

func (p *parser) matcher() (m matcher, err error) {
	if m.label, err = p.name("a label"); err != nil {
		return m, err
	}
	p.peek()
	var op string
	for _, o := range []string{"=~", "!~", "!=", "="} {
		if strings.HasPrefix(p.text[p.at:], o) {
			op = o
			break
		}
	}
	if op == "" {
		return m, errors.New("=, !=, =~ or !~ should stand here")
	}
	p.at += len(op)
	p.peek()
	quoted, err := strconv.QuotedPrefix(p.text[p.at:])
	if err != nil || quoted[0] == '\'' {
		return m, errors.New("a text in double quotes should stand here")
	}
	if m.value, err = strconv.Unquote(quoted); err != nil {
		return m, err
	}
	m.negative = op[0] == '!'
	if strings.HasSuffix(op, "~") {
		// Matches the whole value, as Prometheus does; compiled alone first, for "a)|(b" is wrong and would not stay so.
		if _, err := regexp.Compile(m.value); err != nil {
			return m, fmt.Errorf("%q is no regular expression", m.value)
		}
		if m.regex, err = regexp.Compile("^(?s:" + m.value + ")$"); err != nil {
			return m, fmt.Errorf("%q is no regular expression", m.value)
		}
	}
	p.at += len(quoted)
	return m, nil
}

func (p *parser) share() (float64, error) {
	p.peek()
	end := p.at
	for end < len(p.text) && strings.IndexByte("0123456789.", p.text[end]) >= 0 {
		end++
	}
	f, err := strconv.ParseFloat(p.text[p.at:end], 64)
	if err != nil || f <= 0 || f >= 1 {
		return 0, errors.New("a number between 0 and 1 should stand here")
	}
	p.at = end
	return f, nil
}

func (p *parser) name(what string) (string, error) {
	p.peek()
	end := p.at
	for end < len(p.text) && nameByte(p.text[end], end == p.at) {
		end++
	}
	if end == p.at {
		return "", fmt.Errorf("the name of %s should stand here", what)
	}
	s := p.text[p.at:end]
	p.at = end
	return s, nil
}

func nameByte(c byte, first bool) bool {
	return c == '_' || c == ':' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || !first && '0' <= c && c <= '9'
}

func (p *parser) want(c byte) error {
	if p.peek() != c {
		return fmt.Errorf("%q should stand here", string(c))
	}
	p.at++
	return nil
}

// peek skips white space and returns the byte after it, 0 at the end.
func (p *parser) peek() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}
