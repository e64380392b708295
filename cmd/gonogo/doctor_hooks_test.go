package main

import (
	"testing"

	"github.com/gonogo-chat/gonogo/config"
)

// TestDoctorHooks: webhooks to a name that the web chat does not answer under are found before they are missed.
func TestDoctorHooks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address string
		hosts   []string
		code    string
	}{
		{"", nil, "doctor.hooks.unnamed"},
		{"", []string{"gonogo.example.org"}, "doctor.hooks.open"},
		{"https://gonogo.example.org", nil, "doctor.hooks.refused"},
		{"https://gonogo.example.org:8443", []string{"chat.example.org"}, "doctor.hooks.refused"},
		{"https://gonogo.example.org:8443", []string{"chat.example.org", "gonogo.example.org"}, "doctor.hooks.open"},
		{"http://192.0.2.7:7474", nil, "doctor.hooks.open"},
		{"http://[2001:db8::1]:7474", nil, "doctor.hooks.open"},
		{"http://localhost:7474", nil, "doctor.hooks.open"},
	} {
		d := doorway{config.Operations{Address: tt.address, Hosts: tt.hosts}, []string{"/hooks/tickets"}}
		found := d.Examine(t.Context())
		if len(found) != 1 || string(found[0].What.Code) != tt.code || found[0].OK != found[0].Do.IsZero() {
			t.Errorf("%s with %v: %v", tt.address, tt.hosts, found)
		}
	}
}
