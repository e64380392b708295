package config

func (c *Config) check(s *strict) {}
