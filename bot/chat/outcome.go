package chat

// Outcome says what became of a request.
type Outcome string

// The outcomes of a request.
const (
	Done    Outcome = "done"    // decided and durable
	Refused Outcome = "refused" // understood, and not allowed now or for this person
	Invalid Outcome = "invalid" // not understood, or about something that does not exist
)

// Reply answers one request. It is stored with the decision, so that a request delivered again gets the same answer.
type Reply struct {
	Outcome Outcome `json:"outcome"`
	Code    Code    `json:"code"`
	// IDs are the short ids that the request made or concerned, by kind: {"release":"R-1"}.
	IDs      map[string]string `json:"ids,omitempty"`
	Messages []Message         `json:"messages,omitempty"`
}

// Refusal is a request not carried out: a code, one sentence that says what was wrong and what would be right, and every
// reason. It is an error so that rules and handlers can return it as one.
type Refusal struct {
	Outcome Outcome
	Text    Text
	Reasons []Text
}

// Error gives the code; the sentence is worded at the edge.
func (r *Refusal) Error() string { return string(r.Outcome) + ": " + string(r.Text.Code) }

// Refuse says that the request was understood and is not allowed.
func Refuse(code Code, args ...Arg) *Refusal {
	return &Refusal{Outcome: Refused, Text: Say(code, args...)}
}

// Reject says that the request makes no sense as it stands.
func Reject(code Code, args ...Arg) *Refusal {
	return &Refusal{Outcome: Invalid, Text: Say(code, args...)}
}

// Because adds reasons.
func (r *Refusal) Because(reasons ...Text) *Refusal {
	r.Reasons = append(r.Reasons, reasons...)
	return r
}

// Message is the private answer that carries the refusal.
func (r *Refusal) Message() Message {
	m := Message{Title: r.Text, Tone: Bad, Private: true}
	if len(r.Reasons) > 0 {
		s := Section{}
		for _, reason := range r.Reasons {
			s.Lines = append(s.Lines, Line{Mark: MarkClosed, Text: reason})
		}
		m.Sections = []Section{s}
	}
	return m
}

// Place is somewhere that messages go: a channel of a workspace on a platform.
type Place struct {
	Platform  string `json:"platform"`
	Workspace string `json:"workspace,omitempty"`
	Channel   string `json:"channel"`
}

// Ref finds a message that was posted, to update it.
type Ref struct {
	Place Place  `json:"place"`
	ID    string `json:"id"`
}

// Account is who spoke, as a platform knows them: an id is unique within a workspace of a platform only.
type Account struct {
	Platform  string `json:"platform"`
	Workspace string `json:"workspace,omitempty"`
	ID        string `json:"id"`
}

// String writes the account as "platform:workspace:id", its form in configuration.
func (a Account) String() string { return a.Platform + ":" + a.Workspace + ":" + a.ID }
