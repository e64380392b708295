package jiratest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"time"
)

type comment struct {
	id   string
	by   *User
	at   time.Time
	body string
}

func (s *Server) commentJSON(c *comment) object {
	at := c.at.In(zone).Format(stamp)
	return object{
		"self": base + "/rest/api/2/comment/" + c.id, "id": c.id, "author": s.userJSON(c.by), "updateAuthor": s.userJSON(c.by),
		"body": c.body, "created": at, "updated": at,
	}
}

func (s *Server) comments(q request) (int, any, *problem) {
	i, none := s.find(q.parts[1])
	if none != nil {
		return 0, nil, none
	}
	all := []object{}
	for _, c := range i.comments {
		all = append(all, s.commentJSON(c))
	}
	from := min(q.number("startAt", 0), len(all))
	to := min(from+min(q.number("maxResults", 50), 100), len(all))
	return http.StatusOK, object{"startAt": from, "maxResults": to - from, "total": len(all), "comments": all[from:to]}, nil
}

func (s *Server) comment(q request) (int, any, *problem) {
	i, p := s.write(q, "ADD_COMMENTS")
	if p != nil {
		return 0, nil, p
	}
	var in struct {
		Body string `json:"body"`
	}
	if p := q.read(&in); p != nil {
		return 0, nil, p
	}
	if in.Body == "" {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: map[string]string{"comment": "Comment body can not be empty!"}}
	}
	return http.StatusCreated, s.commentJSON(s.say(q.by, i, in.Body)), nil
}

func (s *Server) say(by *User, i *issue, text string) *comment {
	c := &comment{id: s.next(), by: by, at: s.now(), body: text}
	i.comments = append(i.comments, c)
	s.changed(by, i, nil)
	s.tell("comment_created", by, i, nil, c)
	return c
}

func (s *Server) attach(q request) (int, any, *problem) {
	if t := q.Header.Get("X-Atlassian-Token"); t != "no-check" {
		return 0, nil, refuse(http.StatusForbidden, "XSRF check failed")
	}
	i, p := s.write(q, "CREATE_ATTACHMENTS")
	if p != nil {
		return 0, nil, p
	}
	_, params, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil {
		return 0, nil, refuse(http.StatusUnsupportedMediaType, "Unsupported Media Type")
	}
	form := multipart.NewReader(bytes.NewReader(q.body), params["boundary"])
	all := []object{}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil || part.FormName() != "file" || part.FileName() == "" {
			return 0, nil, refuse(http.StatusBadRequest, "The form has no part named file.")
		}
		body, err := io.ReadAll(part)
		if err != nil {
			return 0, nil, refuse(http.StatusBadRequest, "The form is cut off.")
		}
		all = append(all, s.attachment(q.by, part.FileName(), part.Header.Get("Content-Type"), len(body)))
	}
	i.attachments = append(i.attachments, all...)
	items := []item{}
	for _, a := range all {
		items = append(items, item{"Attachment", "attachment", "", said(a["filename"])})
	}
	s.changed(q.by, i, items)
	return http.StatusOK, all, nil
}

// link is a link of an issue to another, seen from the one.
type link struct {
	id      string
	kind    linkType
	other   string // id
	outward bool
}

type linkType struct{ id, name, inward, outward string }

var linkKinds = []linkType{{"10000", "Blocks", "is blocked by", "blocks"}, {"10003", "Relates", "relates to", "relates to"}}

func (l linkType) json() object {
	return object{"self": base + "/rest/api/2/issueLinkType/" + l.id, "id": l.id, "name": l.name, "inward": l.inward, "outward": l.outward}
}

func (s *Server) linkTypes(request) (int, any, *problem) {
	var all []object
	for _, l := range linkKinds {
		all = append(all, l.json())
	}
	return http.StatusOK, object{"issueLinkTypes": all}, nil
}

func (s *Server) link(q request) (int, any, *problem) {
	var in struct {
		Type    struct{ Name string }
		Inward  struct{ Key string } `json:"inwardIssue"`
		Outward struct{ Key string } `json:"outwardIssue"`
	}
	if err := json.Unmarshal(q.body, &in); err != nil {
		return 0, nil, refuse(http.StatusBadRequest, "%v", err)
	}
	k := slices.IndexFunc(linkKinds, func(l linkType) bool { return l.name == in.Type.Name })
	from, none := s.find(in.Inward.Key)
	to, neither := s.find(in.Outward.Key)
	if k < 0 || none != nil || neither != nil {
		return 0, nil, refuse(http.StatusNotFound, "No issue link type or issue of that name.")
	}
	if p := s.may(q, "LINK_ISSUES"); p != nil {
		return 0, nil, p
	}
	id := s.next()
	from.links = append(from.links, link{id, linkKinds[k], to.id, true})
	to.links = append(to.links, link{id, linkKinds[k], from.id, false})
	s.changed(q.by, from, []item{{"Link", "issuelinks", "", "This issue " + linkKinds[k].outward + " " + to.key}})
	s.changed(q.by, to, []item{{"Link", "issuelinks", "", "This issue " + linkKinds[k].inward + " " + from.key}})
	return http.StatusCreated, nil, nil
}

func (s *Server) linksJSON(i *issue) []object {
	all := []object{}
	for _, l := range i.links {
		other := s.issues[l.other]
		if other == nil {
			continue
		}
		side := "inwardIssue"
		if l.outward {
			side = "outwardIssue"
		}
		all = append(all, object{
			"id": l.id, "self": base + "/rest/api/2/issueLink/" + l.id, "type": l.kind.json(),
			side: object{"id": other.id, "key": other.key, "self": base + "/rest/api/2/issue/" + other.id, "fields": object{
				"summary": other.fields["summary"], "status": other.status.json(),
			}},
		})
	}
	return all
}

func (s *Server) attachment(by *User, name, kind string, size int) object {
	id := s.next()
	return object{
		"self": base + "/rest/api/2/attachment/" + id, "id": id, "filename": name, "author": s.userJSON(by),
		"created": s.now().In(zone).Format(stamp), "size": size, "mimeType": kind, "content": base + "/secure/attachment/" + id,
	}
}
