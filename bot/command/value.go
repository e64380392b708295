package command

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// reader reads one parameter from the tokens left to it, one at least; used is how many it took.
type reader func(a *arguments, p *Param, tokens []token) (v Value, used int, r *chat.Refusal)

var readers = map[Kind]reader{
	KindService: readName, KindVersion: readName, KindEnvironment: readName,
	KindRelease: readID, KindDeployment: readID, KindFreeze: readID, KindException: readID, KindFollowUp: readID, KindMilestone: readID,
	KindTrain: readID, KindWindow: readID,
	KindSubject: readID,
	KindText:    readText, KindChoice: readChoice, KindZone: readZone, KindTime: readTime, KindEnd: readTime, KindRange: readRange, KindDuration: readDuration,
	KindNumber: readNumber, KindBool: readBool, KindCommand: readCommand,
}

func (a *arguments) read(p *Param, tokens []token) (Value, int, *chat.Refusal) {
	if p.Kind != KindBool && strings.TrimSpace(tokens[0].text) == "" {
		return Value{}, 0, a.entry.fail(CodeBlank, chat.Word("param", p.Name))
	}
	if p.Many {
		return readIDs(a, p, tokens)
	}
	return readers[p.Kind](a, p, tokens)
}

// nameCodes say which name is not known.
var nameCodes = map[Kind]chat.Code{KindService: CodeService, KindVersion: CodeVersion, KindEnvironment: CodeEnvironment}

func readName(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	word := tokens[0].text
	var words []string
	enumerated := false
	if a.names != nil {
		words, enumerated = a.names.Known(p.Kind, a.values)
		words = slices.Concat(words, p.Also)
	}
	if match, ok := fold(word, words); ok {
		return Value{Text: match}, 1, nil
	}
	if enumerated {
		return Value{}, 0, a.entry.fail(nameCodes[p.Kind], chat.Word("param", p.Name), said(word), suggest(word, words), known(words))
	}
	if !isName(word) {
		return Value{}, 0, a.entry.fail(CodeNotName, chat.Word("param", p.Name), said(word))
	}
	return Value{Text: word}, 1, nil
}

// isName reports whether a word can be the name of a service, environment or version.
func isName(s string) bool {
	if s == "" || len(s) > MaxWord {
		return false
	}
	for i := range len(s) {
		c := s[i]
		alphanumeric := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= utf8.RuneSelf
		if !alphanumeric && (i == 0 || !strings.ContainsRune("._-+/:@", rune(c))) {
			return false
		}
	}
	return true
}

// fold finds a word as it is, or else the only one that differs in capitals.
func fold(said string, words []string) (match string, ok bool) {
	alike := 0
	for _, w := range words {
		if w == said {
			return w, true
		}
		if strings.EqualFold(w, said) {
			match = w
			alike++
		}
	}
	return match, alike == 1
}

// idLetters begin the short ids; a subject is any of them.
var idLetters = map[Kind]string{
	KindRelease: "R", KindDeployment: "D", KindFreeze: "F", KindException: "X", KindFollowUp: "A", KindMilestone: "M", KindTrain: "T", KindWindow: "W", KindSubject: "",
}

// readIDs reads ids up to the first word that looks like none. One at least must come.
func readIDs(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	var ids []string
	used := 0
	for ; used < len(tokens); used++ {
		var here []string
		for _, word := range strings.FieldsFunc(tokens[used].text, func(r rune) bool { return r == ' ' || r == ',' }) {
			if id := strings.ToUpper(word); isID(id, idLetters[p.Kind]) {
				here = append(here, id)
				continue
			}
			here = nil
			break
		}
		if len(here) == 0 {
			break
		}
		ids = append(ids, here...)
	}
	if used == 0 { // refused as one that is wrong
		return readID(a, p, tokens)
	}
	return Value{Text: strings.Join(ids, " ")}, used, nil
}

func readID(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	letters := idLetters[p.Kind]
	id := strings.ToUpper(tokens[0].text)
	if isID(id, letters) {
		return Value{Text: id}, 1, nil
	}
	if letters == "" {
		letters = "R"
	}
	near := nearest(id, a.words(p), maxSuggest)
	for _, written := range []string{letters + "-" + strings.TrimLeft(id, letters+"#-"), letters + "-" + strings.TrimLeft(id, "#0")} {
		if len(near) == 0 && isID(written, letters) {
			near = []string{written}
		}
	}
	return Value{}, 0, a.entry.fail(CodeID, chat.Word("param", p.Name), said(tokens[0].text), chat.Word("form", letters+"-42"),
		chat.List("suggest", near))
}

// isID takes the letters given (any one to three, if none are), a hyphen, and a number without leading zeros of at most
// nine digits.
func isID(s, letters string) bool {
	head, digits, ok := strings.Cut(s, "-")
	if !ok || letters != "" && head != letters || len(head) < 1 || len(head) > 3 || len(digits) < 1 || len(digits) > 9 || digits[0] == '0' {
		return false
	}
	for i := range len(head) {
		if head[i] < 'A' || head[i] > 'Z' {
			return false
		}
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

func readText(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	if p.Rest {
		return Value{Text: a.rest(tokens)}, len(tokens), nil
	}
	return Value{Text: tokens[0].text}, 1, nil
}

func readChoice(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	if match, ok := fold(tokens[0].text, p.Choices); ok {
		return Value{Text: match}, 1, nil
	}
	return Value{}, 0, a.entry.fail(CodeChoice, chat.Word("param", p.Name), said(tokens[0].text),
		suggest(tokens[0].text, p.Choices), known(p.Choices))
}

func readDuration(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	d, err := when.Duration(tokens[0].text)
	if err != nil {
		return Value{}, 0, a.unread(p, tokens[0].text, err)
	}
	return Value{Text: tokens[0].text, Duration: d}, 1, nil
}

// readTime reads a time or an end of several words. Unquoted it is the longest run of words that is one; a run that is a
// time but for an error in it (an hour that does not exist, an unknown zone) is refused rather than cut short.
func readTime(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	n := 1
	for !tokens[0].quoted && n < min(len(tokens), when.MaxWords) && !tokens[n].quoted {
		n++
	}
	for ; ; n-- {
		text := a.rest(tokens[:n])
		t, err := a.time(p, text)
		if err == nil {
			return Value{Text: text, Time: t}, n, nil
		}
		r := a.unread(p, text, err)
		if n == 1 || r.Text.Code != when.CodeTime {
			return Value{}, 0, r
		}
	}
}

// readRange reads a stretch of time, of several words like a time.
func readRange(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	n := 1
	for !tokens[0].quoted && n < min(len(tokens), 2*when.MaxWords) && !tokens[n].quoted {
		n++
	}
	for ; ; n-- {
		text := a.rest(tokens[:n])
		from, until, err := when.Range(text, a.at.Now, a.zone())
		if err == nil {
			return Value{Text: text, Time: from, Until: until}, n, nil
		}
		r := a.unread(p, text, err)
		if n == 1 || r.Text.Code != when.CodeRange && r.Text.Code != when.CodeTime {
			return Value{}, 0, r
		}
	}
}

func (a *arguments) time(p *Param, text string) (time.Time, error) {
	_, days := a.flags[p.Days]
	switch {
	case p.Kind == KindTime && days:
		return when.Day(text, a.at.Now, a.zone())
	case p.Kind == KindTime:
		return when.Time(text, a.at.Now, a.at.Zone)
	}
	start := a.at.Now.In(a.zone())
	for _, before := range a.entry.spec.Params {
		if before.Name == p.Name {
			break
		}
		if v, given := a.values[before.Name]; given && before.Kind == KindTime {
			start = v.Time
		}
	}
	if days {
		return when.DayEnd(text, start, a.at.Now)
	}
	return when.End(text, start, a.at.Now)
}

func readZone(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	zone, err := when.ReadZone(tokens[0].text)
	if err != nil {
		return Value{}, 0, a.unread(p, tokens[0].text, err)
	}
	a.at.Zone = zone
	return Value{Text: zone.String()}, 1, nil
}

func (a *arguments) zone() *time.Location {
	if a.at.Zone == nil {
		return time.UTC
	}
	return a.at.Zone
}

// unread is the refusal of a time or duration, with how to write the command.
func (a *arguments) unread(p *Param, text string, err error) *chat.Refusal {
	var r *chat.Refusal
	if !errors.As(err, &r) {
		r = chat.Reject(when.CodeTime, said(text))
	}
	return a.entry.explain(r, p.Name)
}

func readNumber(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	n, err := strconv.Atoi(tokens[0].text)
	if err != nil || n < -MaxNumber || n > MaxNumber {
		return Value{}, 0, a.entry.fail(CodeNumber, chat.Word("param", p.Name), said(tokens[0].text),
			chat.Count("min", -MaxNumber), chat.Count("max", MaxNumber))
	}
	return Value{Text: tokens[0].text, Number: n}, 1, nil
}

func readBool(*arguments, *Param, []token) (Value, int, *chat.Refusal) {
	return Value{Text: "true"}, 1, nil
}

// readCommand reads the words of a command, or the first of them, to the end of the line.
func readCommand(a *arguments, p *Param, tokens []token) (Value, int, *chat.Refusal) {
	words := strings.Fields(strings.TrimPrefix(strings.TrimSpace(a.rest(tokens)), "/"))
	for i, w := range words {
		words[i] = strings.ToLower(w)
	}
	if _, used := a.catalogue.walk(words); used == len(words) && used > 0 {
		return Value{Text: strings.Join(words, " ")}, len(tokens), nil
	}
	return Value{}, 0, a.entry.fail(CodeUnknown, said(strings.Join(words, " ")), chat.List("suggest", a.catalogue.suggest(words)),
		known(a.catalogue.root.words))
}
