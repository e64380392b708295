package config

import "github.com/gonogo-chat/gonogo/bot/organisation"

// Windows is how downtime is agreed with the business.
type Windows struct {
	Answer Duration `yaml:"answer" default:"2d" doc:"How long business units have to answer a proposed window: at most until it begins."`
	Remind Duration `yaml:"remind" default:"4h" doc:"How long before that those who have not answered are reminded. 0s: not at all."`
}

func (c *Config) checkWindows(s *strict) {
	s.positive("windows.answer", c.Windows.Answer)
	if c.Windows.Answer > 0 && c.Windows.Remind >= c.Windows.Answer {
		s.at("windows.remind", "the reminder, %s before the end, would come before anybody is asked for %s", c.Windows.Remind, c.Windows.Answer)
	}
}

// windows is how downtime is agreed, as the bot goes by it.
func (w Windows) windows() organisation.Windows {
	return organisation.Windows{Answer: w.Answer.D(), Remind: w.Remind.D()}
}
