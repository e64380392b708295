package slack

import (
	"context"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// fileKey is what a file is remembered by: its name says its content.
func fileKey(thread, name string) string { return "file:" + thread + ":" + name }

// attach uploads files to a thread, each once. One that Slack refuses is given up: the message shows the end of it.
func (s *Slack) attach(ctx context.Context, o outgoing, files []blockkit.File) error {
	for _, f := range files {
		o.key = fileKey(o.thread, f.Name)
		switch there, err := s.known(ctx, o.workspace, o.posting(), o.thread); {
		case err != nil:
			return err
		case there != "":
			continue
		}
		err := s.upload(ctx, o, f)
		if inDoubt(err) {
			s.posted.doubtful(o.posting(), s.outside.Clock())
		}
		if verdict, _ := effect.Classify(err); err != nil && verdict != effect.Permanent {
			return err
		}
		if err != nil {
			s.outside.Log.Warn("output could not be attached: its end is in the message", "channel", o.place.Channel, "error", err)
		}
		s.posted.put(o.posting(), f.Name)
	}
	return nil
}

// upload takes the three steps of https://docs.slack.dev/messaging/working-with-files#upload: only the last one shows the file.
func (s *Slack) upload(ctx context.Context, o outgoing, f blockkit.File) error {
	t := track{o.workspace.Team, uploadFile, o.place.Channel}
	if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
		return err
	}
	c := o.workspace.client
	to, err := c.GetUploadURLExternalContext(ctx, api.GetUploadURLExternalParameters{FileName: f.Name, FileSize: len(f.Content), SnippetType: "text"})
	if err == nil {
		err = c.UploadToURL(ctx, api.UploadToURLParameters{UploadURL: to.UploadURL, Content: f.Content, Filename: f.Name})
	}
	if err != nil {
		return s.failed(err, t, true)
	}
	_, err = c.CompleteUploadExternalContext(ctx, api.CompleteUploadExternalParameters{
		Files: []api.FileSummary{{ID: to.FileID, Title: f.Name}}, Channel: o.place.Channel, ThreadTimestamp: o.thread,
	})
	return s.failed(err, t, false)
}
