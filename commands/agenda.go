package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// boards are those that have an agenda, with what puts a release on it.
var boards = map[string]func(*bot.Reading, release.Release) (agendaItem, bool, error){
	"architecture": awaitsArchitecture,
	"cab":          awaitsCAB,
}

func releaseAgenda() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "agenda"}, Summary: "List what awaits a board, the oldest first.",
			Params: []command.Param{{Name: "board", Kind: command.KindChoice, Choices: []string{"architecture", "cab"}, Help: "Whose agenda."}},
			Examples: []command.Example{
				{Line: "/release agenda cab", Does: "lists the releases that await the board's go"},
				{Line: "/release agenda architecture", Does: "lists those that change what depends on what, and how"},
			},
		},
		Read: agenda,
	}
}

// agendaItem is one release on an agenda.
type agendaItem struct {
	since time.Time // it has waited since then
	line  chat.Line
}

// agenda lists what awaits a board. What is held back is not asked for now: it is listed apart.
func agenda(r *bot.Reading, c command.Call) (chat.Reply, error) {
	board := c.Text("board")
	if board == "architecture" && r.Org.Planning.Architecture.Approval == "" {
		return chat.Reply{}, chat.Refuse("architecture.no_board")
	}
	ids, err := openIDs(r)
	if err != nil {
		return chat.Reply{}, err
	}
	var waiting, held []agendaItem
	for _, id := range ids {
		rel, err := getRelease(r, id)
		if err != nil {
			return chat.Reply{}, err
		}
		i, on, err := boards[board](r, rel)
		if err != nil {
			return chat.Reply{}, err
		}
		why, back := whyHeldBack(r, id, r.Now)
		switch {
		case !on:
		case back:
			i.line.Sub = append(i.line.Sub, why)
			held = append(held, i)
		default:
			waiting = append(waiting, i)
		}
	}
	m := chat.Message{Title: chat.Say("agenda."+chat.Code(board), chat.Count("count", len(waiting)))}
	if len(waiting) > 0 {
		m.Sections = append(m.Sections, chat.Section{Lines: oldestFirst(waiting)})
	}
	if len(held) > 0 {
		m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("heading.deferred"), Lines: oldestFirst(held)})
	}
	return privately(m, nil), nil
}

func oldestFirst(items []agendaItem) []chat.Line {
	slices.SortStableFunc(items, func(a, b agendaItem) int { return a.since.Compare(b.since) })
	lines := make([]chat.Line, len(items))
	for i := range items {
		lines[i] = items[i].line
	}
	return lines
}

// onAgenda is how a release stands on an agenda: with the vote on it, if it is open.
func onAgenda(r *bot.Reading, rel release.Release, b approval.Ballot, why ...chat.Text) (agendaItem, error) {
	i := agendaItem{since: rel.PlannedAt, line: chat.Line{Mark: chat.MarkWaiting, Sub: why, Text: chat.Say("agenda.line", chat.Word("release", rel.ID),
		chat.Word("what", rel.Subject()), chat.Word("tier", rel.Tier), chat.Time("since", rel.PlannedAt))}}
	if b.ID == "" || b.State.Closed() {
		return i, nil
	}
	i.since = b.Opened
	who, err := electors(r, r.Now, r.Org, b, rel, work(r, rel, r.Org, r.Bot.Store(), nil))
	if err != nil {
		return i, err
	}
	i.line.Text = chat.Say("agenda.voted", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("tier", rel.Tier), chat.Time("since", b.Opened),
		chat.Word("ballot", b.ID), chat.Time("closes", b.Closes), chat.Nested("tally", b.Tally(who).Text()))
	return i, nil
}

// awaitsArchitecture: the board's go is needed, and it has not given it to the release as it is.
func awaitsArchitecture(r *bot.Reading, rel release.Release) (agendaItem, bool, error) {
	need, err := boardNeed(r, r.Org, question{release: rel, now: r.Now})
	if err != nil || !need.Needed() || !rel.State.Deployable() {
		return agendaItem{}, false, err
	}
	b, err := boardBallot(r, rel.ID)
	if err != nil || b.Approves(boardProposal(rel, rel.Artifact, r.Org)) {
		return agendaItem{}, false, err
	}
	why := need.Texts()
	switch {
	case b.ID == "":
		why = append(why, chat.Say("architecture.not_asked", chat.Word("release", rel.ID)))
	case b.State.Closed():
		why = append(why, chat.Say("ballot.stands", chat.Word("ballot", b.ID), chat.Nested("state", b.State.Text())),
			chat.Say("architecture.voided_next", chat.Word("on", rel.ID)))
	}
	i, err := onAgenda(r, rel, b, why...)
	return i, true, err
}

// awaitsCAB: a vote on the release is open, or to be opened once it passed the environments before the last.
func awaitsCAB(r *bot.Reading, rel release.Release) (agendaItem, bool, error) {
	if r.Org.Tiers[rel.Tier].Approval == "" || !rel.State.Deployable() || rel.State == release.Approved {
		return agendaItem{}, false, nil
	}
	b, err := openBallotOn(r, rel)
	if err != nil {
		return agendaItem{}, false, err
	}
	var why []chat.Text
	if b.ID == "" {
		why = []chat.Text{chat.Say("agenda.later", chat.Nested("state", rel.State.Text()))}
	}
	i, err := onAgenda(r, rel, b, why...)
	return i, true, err
}
