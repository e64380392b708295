package gateway

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestSamples reads every frame that Discord published.
func TestSamples(t *testing.T) {
	t.Parallel()
	var files []string
	for _, folder := range []string{"events-gateway", "events-gateway-events"} {
		more, _ := filepath.Glob(filepath.Join("../../../../shared/vendor-apis/discord/samples", folder, "*.json"))
		files = append(files, more...)
	}
	if len(files) == 0 {
		t.Skip("the published samples are not beside the project: ../shared/vendor-apis")
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var plain struct {
			Op *int
			S  *int64
			T  *string
		}
		if json.Unmarshal(raw, &plain) != nil || plain.Op == nil { // a part of a frame, or an answer of the HTTP API
			continue
		}
		f, err := decode(raw)
		if err != nil || f.Op != *plain.Op || plain.S != nil && f.Seq != *plain.S || plain.T != nil && f.Type != *plain.T {
			t.Errorf("%s: %+v, %v", file, f, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"op":10,"d":{"heartbeat_interval":41250}}`))
	f.Add([]byte(`{"op":0,"s":3,"t":"READY","d":{"session_id":"s","resume_gateway_url":"wss://x"}}`))
	f.Add([]byte(`{"op":9,"d":false}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decode(raw)
		if err != nil {
			return
		}
		again, err := json.Marshal(map[string]any{"op": got.Op, "d": got.Data, "s": got.Seq, "t": got.Type})
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if twice, err := decode(again); err != nil || twice.Op != got.Op || twice.Seq != got.Seq || twice.Type != got.Type {
			t.Errorf("%q: %+v, then %+v, %v", raw, got, twice, err)
		}
	})
}
