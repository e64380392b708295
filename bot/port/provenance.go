package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Provenance says how source code came to be: from the host of its repository.
type Provenance interface {
	// Range reads what a version brings: the commits reachable from commit and not from since, and the last change of the pipeline
	// file as of commit. An empty since means that nothing is known to run: then only the pipeline file's last change and commit itself
	// are read. effect.ErrNotFound: the service has no repository there, or it has no such commit.
	Range(ctx context.Context, service, since, commit string) (CommitRange, error)
}

// CommitRange is what a version brings.
type CommitRange struct {
	Service string `json:"service"`
	Since   string `json:"since,omitempty"` // full commit ids
	Commit  string `json:"commit"`
	// Commits are those of the range, the oldest first, at most CommitsMost.
	Commits []Commit `json:"commits,omitempty"`
	// More says that the range holds more commits than were read: then nothing can be concluded from those that were.
	More bool `json:"more,omitempty"`
	// Pipeline is the last commit that changed the pipeline file, whether in the range or before; nil if there is no such file.
	Pipeline *Commit `json:"pipeline,omitempty"`
	File     string  `json:"file,omitempty"` // path of the pipeline file
	// Requestless says that whoever was asked knows no merge requests: that a commit has none says nothing then.
	Requestless bool   `json:"requestless,omitempty"`
	Source      Source `json:"source"`
}

// CommitsMost bounds the commits of a range: GitHub lists at most 250 without paging, and a release of more is none that somebody reviewed.
const CommitsMost = 250

// Commit is a commit with how it came in.
type Commit struct {
	ID        string     `json:"id"` // full
	Subject   string     `json:"subject,omitempty"`
	Author    Identity   `json:"author"`
	Committer Identity   `json:"committer"`
	CoAuthors []Identity `json:"co_authors,omitempty"` // of its trailers
	At        time.Time  `json:"at"`                   // by its committer's clock
	Link      string     `json:"link,omitempty"`
	// Merge says that it has more than one parent.
	Merge bool `json:"merge,omitempty"`
	// Request is the merged merge request that it came in with; nil if it came in without one.
	Request *MergeRequest `json:"request,omitempty"`
}

// MergeRequest is a merge or pull request.
type MergeRequest struct {
	ID     string   `json:"id"` // as people say it: "!12", "#12"
	Title  string   `json:"title,omitempty"`
	Link   string   `json:"link,omitempty"`
	Author Identity `json:"author"`
	// Approvals are those that stand. Pushers are who the host says pushed to its branch: not forgeable, where it says so at all.
	Approvals []Approval `json:"approvals,omitempty"`
	Pushers   []Identity `json:"pushers,omitempty"`
	// PushedAt is when its branch last changed; zero if the host does not say.
	PushedAt time.Time `json:"pushed_at,omitzero"`
	Head     string    `json:"head,omitempty"` // commit that was last pushed
	// Made are the commits that the host itself made as it merged, where it says so: of a merge, or of a squash.
	Made     []string  `json:"made,omitempty"`
	MergedBy Identity  `json:"merged_by,omitzero"`
	MergedAt time.Time `json:"merged_at,omitzero"`
}

// Approval is somebody's approval of a merge request.
type Approval struct {
	By Identity  `json:"by"`
	At time.Time `json:"at"`
	// Commit is what was approved, where the host says so.
	Commit string `json:"commit,omitempty"`
}

// Identity is somebody as a repository's host and its commits name them.
type Identity struct {
	// Account is theirs on the host, zero if the host knows none for the commit's address.
	Account chat.Account `json:"account,omitzero"`
	// Email is what the commit says: whoever made the commit chose it.
	Email string `json:"email,omitempty"`
	// Machine says that the host itself calls it a bot; whether it counts as a machine is for the configuration.
	Machine bool `json:"machine,omitempty"`
}

// IsZero reports whether nobody is named.
func (i Identity) IsZero() bool { return i == Identity{} }
