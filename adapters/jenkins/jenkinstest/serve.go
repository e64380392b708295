package jenkinstest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (s *Server) serveJob(w *httptest.ResponseRecorder, r *http.Request, path, number, what string, body []byte) {
	j := s.find(path)
	if j == nil {
		if what == "api/json" && number == "" && s.rights[JobRead] && s.folder(path) {
			s.json(w, r, map[string]any{"_class": "com.cloudbees.hudson.plugins.folder.Folder", "name": path[strings.LastIndexByte(path, '/')+1:]})
			return
		}
		notFound(w)
		return
	}
	if number == "" {
		switch what {
		case "api/json":
			s.json(w, r, s.viewJob(j))
		case "buildWithParameters":
			s.buildWithParameters(w, r, j, body)
		default:
			s.fault("%s %s: there is no such page", r.Method, path)
			notFound(w)
		}
		return
	}
	n, _ := strconv.Atoi(number)
	at := slices.IndexFunc(j.builds, func(b *build) bool { return b.number == n })
	if at < 0 {
		notFound(w)
		return
	}
	s.serveBuild(w, r, j, j.builds[at], what)
}

func (s *Server) folder(path string) bool {
	for name := range s.jobs {
		if strings.HasPrefix(pathOf(name), path+"/") {
			return true
		}
	}
	return false
}

func (s *Server) serveBuild(w http.ResponseWriter, r *http.Request, j *job, b *build, what string) {
	switch what {
	case "api/json":
		s.json(w, r, s.viewBuild(j, b))
	case "stop":
		if s.posted(w, r) && s.may(w, JobCancel) {
			s.stop(b)
			w.Header().Set("Location", s.urlOfBuild(j, b))
			w.WriteHeader(http.StatusFound)
		}
	case "wfapi/describe":
		if !j.Pipeline || s.options.Plain {
			notFound(w)
			return
		}
		write(w, s.viewStages(b))
	case "logText/progressiveText":
		s.output(w, r, b)
	}
}

// output writes a build's output from a byte on, with longer line ends than those that are counted.
func (s *Server) output(w http.ResponseWriter, r *http.Request, b *build) {
	text := b.output(s.options.Clock())
	start, err := strconv.Atoi(r.URL.Query().Get("start"))
	if err != nil {
		s.fault("%s: start is no number", r.URL)
	}
	if start > len(text) { // it was turned over
		start = 0
	}
	w.Header().Set("Content-Type", "text/plain;charset=utf-8")
	w.Header().Set("X-Text-Size", strconv.Itoa(len(text)))
	if b.ended.IsZero() {
		w.Header().Set("X-More-Data", "true")
	}
	_, _ = w.Write([]byte(strings.ReplaceAll(text[start:], "\n", "\r\n")))
}

// buildWithParameters takes what the job declares, and drops the rest.
func (s *Server) buildWithParameters(w http.ResponseWriter, r *http.Request, j *job, body []byte) {
	form, err := url.ParseQuery(string(body))
	if kind := r.Header.Get("Content-Type"); err != nil || kind != "application/x-www-form-urlencoded" {
		s.fault("%s: the parameters are no form: %q", r.URL.Path, kind)
	}
	if !s.posted(w, r) || !s.may(w, JobBuild) {
		return
	}
	if j.disabled {
		page(w, http.StatusConflict, j.Path+" is not buildable!")
		return
	}
	if len(j.Parameters) == 0 {
		page(w, http.StatusBadRequest, "This build is not parameterized!")
		return
	}
	var values []Value
	for _, p := range j.Parameters {
		v := p.Default
		if form.Has(p.Name) {
			v = form.Get(p.Name)
		}
		if len(p.Choices) > 0 && !form.Has(p.Name) {
			v = p.Choices[0]
		}
		if len(p.Choices) > 0 && !slices.Contains(p.Choices, v) {
			page(w, http.StatusBadRequest, "Illegal choice for parameter "+p.Name+": "+v)
			return
		}
		values = append(values, Value{p.Name, v})
	}
	i := s.schedule(j, s.options.User, values)
	w.Header().Set("Location", s.options.URL+"/queue/item/"+strconv.FormatInt(i.id, 10)+"/")
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) viewJob(j *job) map[string]any {
	class, definitions := "hudson.model.FreeStyleProject", []any{}
	if j.Pipeline {
		class = "org.jenkinsci.plugins.workflow.job.WorkflowJob"
	}
	for _, p := range j.Parameters {
		kind := p.Type
		if kind == "" {
			kind = "StringParameterDefinition"
		}
		d := map[string]any{"_class": "hudson.model." + kind, "name": p.Name, "type": kind}
		if len(p.Choices) > 0 {
			d["_class"], d["type"], d["choices"] = "hudson.model.ChoiceParameterDefinition", "ChoiceParameterDefinition", p.Choices
		}
		definitions = append(definitions, d)
	}
	property := []any{map[string]any{"_class": "jenkins.model.BuildDiscarderProperty"}}
	if len(definitions) > 0 {
		property = append(property, map[string]any{"_class": "hudson.model.ParametersDefinitionProperty", "parameterDefinitions": definitions})
	}
	all := []any{}
	for _, b := range slices.Backward(j.builds) {
		all = append(all, s.viewBuild(j, b))
	}
	return map[string]any{
		"_class": class, "name": j.Path[strings.LastIndexByte(j.Path, '/')+1:], "fullName": j.Path, "url": s.urlOf(j),
		"buildable": !j.disabled, "concurrentBuild": j.Concurrent, "nextBuildNumber": j.next, "property": property,
		"builds": all[:min(len(all), 100)], "allBuilds": all,
	}
}

func (s *Server) viewActions(j *job, values []Value, user string) []any {
	cause := map[string]any{"_class": "hudson.model.Cause$UserIdCause", "shortDescription": "Started by user " + user, "userId": user, "userName": user}
	if user == "" {
		cause = map[string]any{"_class": "hudson.triggers.TimerTrigger$TimerTriggerCause", "shortDescription": "Started by timer"}
	}
	passed := []any{}
	for _, v := range values {
		p := map[string]any{"_class": "hudson.model.StringParameterValue", "name": v.Name, "value": v.Value}
		for _, d := range j.Parameters {
			switch {
			case d.Name != v.Name:
			case d.Type == "PasswordParameterDefinition":
				p["_class"] = "hudson.model.PasswordParameterValue"
				delete(p, "value")
			case d.Type == "BooleanParameterDefinition":
				p["_class"], p["value"] = "hudson.model.BooleanParameterValue", v.Value == "true"
			}
		}
		passed = append(passed, p)
	}
	return []any{
		map[string]any{"_class": "hudson.model.CauseAction", "causes": []any{cause}}, map[string]any{},
		map[string]any{"_class": "hudson.model.ParametersAction", "parameters": passed},
	}
}

func (s *Server) viewBuild(j *job, b *build) map[string]any {
	v := map[string]any{
		"_class": "hudson.model.FreeStyleBuild", "number": b.number, "id": strconv.Itoa(b.number), "url": s.urlOfBuild(j, b), "queueId": b.queue,
		"actions": s.viewActions(j, b.values, b.user), "building": b.ended.IsZero(), "result": nil, "keepLog": false,
		"timestamp": b.began.UnixMilli(), "duration": 0, "estimatedDuration": -1, "displayName": "#" + strconv.Itoa(b.number),
	}
	if j.Usually > 0 {
		v["estimatedDuration"] = j.Usually.Milliseconds()
	}
	if !b.ended.IsZero() {
		v["result"], v["duration"] = b.result, b.ended.Sub(b.began).Milliseconds()
	}
	return v
}

func (s *Server) viewItem(i *item) map[string]any {
	v := map[string]any{
		"_class": "hudson.model.Queue$WaitingItem", "id": i.id, "url": "queue/item/" + strconv.FormatInt(i.id, 10) + "/",
		"actions": s.viewActions(i.job, i.values, i.user), "blocked": false, "buildable": false, "stuck": false,
		"inQueueSince": i.since.UnixMilli(), "task": map[string]any{"_class": "hudson.model.FreeStyleProject", "name": i.job.Path, "url": s.urlOf(i.job)},
	}
	switch {
	case !i.left.IsZero():
		v["_class"], v["cancelled"], v["why"] = "hudson.model.Queue$LeftItem", i.build == nil, nil
		if i.build != nil {
			v["executable"] = map[string]any{"_class": "hudson.model.FreeStyleBuild", "number": i.build.number, "url": s.urlOfBuild(i.job, i.build)}
		}
	case i.blocked():
		v["_class"], v["blocked"], v["why"] = "hudson.model.Queue$BlockedItem", true, "Build #"+strconv.Itoa(i.job.next-1)+" is already in progress (ETA: 9 sec)"
	default:
		v["why"] = "In the quiet period. Expires in " + i.due.Sub(s.options.Clock()).Round(time.Millisecond).String()
	}
	return v
}

// viewStages is what the Pipeline: REST API plugin tells.
func (s *Server) viewStages(b *build) map[string]any {
	share, all := b.share(s.options.Clock()), []any{}
	for n, name := range b.course.Stages {
		status := "IN_PROGRESS"
		switch from, to := float64(n)/float64(len(b.course.Stages)), float64(n+1)/float64(len(b.course.Stages)); {
		case b.result == "SUCCESS", share >= to && n+1 < len(b.course.Stages):
			status = "SUCCESS"
		case share < from:
			continue // it is not known yet that there will be one
		case b.result != "":
			status = map[string]string{"ABORTED": "ABORTED", "UNSTABLE": "UNSTABLE"}[b.result]
			if status == "" {
				status = "FAILED"
			}
		}
		all = append(all, map[string]any{"id": strconv.Itoa(n), "name": name, "status": status, "startTimeMillis": b.began.UnixMilli()})
	}
	return map[string]any{"id": strconv.Itoa(b.number), "name": "#" + strconv.Itoa(b.number), "stages": all}
}
