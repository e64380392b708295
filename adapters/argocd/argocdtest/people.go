package argocdtest

// What people do in Argo CD, or in git.

// Sync starts a sync as somebody does in Argo CD, under a key if one is given.
func (s *Server) Sync(name, by, key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	asked := request{}
	if key != "" {
		asked.Infos = []info{{"gonogo-key", key}}
	}
	if _, failed := s.sync(&account{by, []string{"*"}}, s.apps[name], asked); failed != nil {
		s.wrong = append(s.wrong, failed)
	}
}

// Error implements error.
func (f *failure) Error() string { return f.message }

// Declare changes an Application's targetRevision as somebody does by hand.
func (s *Server) Declare(name, revision string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.advance()
	a := s.apps[name]
	sources := a.spec.Sources
	if len(sources) == 0 {
		sources = []source{a.spec.Source}
	}
	for _, src := range sources {
		src["targetRevision"] = revision
	}
	a.version++
	a.compareBy(now.Add(s.options.Step))
}

// Parameter changes a Helm parameter of an Application as somebody does by hand.
func (s *Server) Parameter(name, parameter, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.advance()
	a := s.apps[name]
	helm, _ := a.spec.Source["helm"].(map[string]any)
	list, _ := helm["parameters"].([]any)
	for _, v := range list {
		if p, _ := v.(map[string]any); p["name"] == parameter {
			p["value"] = value
		}
	}
	a.version++
	a.compareBy(now.Add(s.options.Step))
}

// Drift changes what runs behind Argo CD's back.
func (s *Server) Drift(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.advance()
	s.apps[name].drifted = true
	s.apps[name].compareBy(now)
}

// Annotate sets an annotation, or removes it if it is empty.
func (s *Server) Annotate(name, annotation, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.apps[name]
	if value == "" {
		delete(a.annotations, annotation)
	} else {
		a.annotations = with(a.annotations, annotation, value)
	}
	a.version++
}

// Remove deletes an Application.
func (s *Server) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.apps, name)
}

// State is where an Application stands.
type State struct {
	Declared string // targetRevision of its first source
	Running  string // what runs
	Sync     string
	Health   string
	Syncs    int // in its history
	Source   map[string]any
	Notes    map[string]string // annotations
}

// State looks at an Application.
func (s *Server) State(name string) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	a := s.apps[name]
	st := State{Sync: a.synced, Health: a.health, Syncs: len(a.history), Source: a.sources()[0], Notes: clone(a.annotations)}
	st.Declared, _ = a.sources()[0]["targetRevision"].(string)
	st.Running, _ = a.live[0]["targetRevision"].(string)
	return st
}

// Begun counts the operations that began while a key was beside what is declared.
func (s *Server) Begun(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advance()
	n := 0
	for _, a := range s.apps {
		if len(a.renders) == 0 {
			n += a.begun[key]
		}
	}
	return n
}
