package badgerkv

import "testing"

func TestMapping(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line          string
		start, length uintptr
		path          string
		ok            bool
	}{
		{"7f10a000-7f10c000 rw-s 00000000 fe:00 131 /data/a b/000001.sst", 0x7f10a000, 0x2000, "/data/a b/000001.sst", true},
		{"7f10a000-7f10c000 rw-s 00000000 fe:00 131                     /data/000001.sst", 0x7f10a000, 0x2000, "/data/000001.sst", true},
		{"7f10a000-7f10c000 rw-p 00000000 00:00 0 ", 0x7f10a000, 0x2000, "", true},
		{"7f10a000-7f10c000 rw-p 00000000 00:00 0", 0, 0, "", false},
		{"7f10a000-7f10a000 rw-s 00000000 fe:00 131 /x", 0, 0, "", false},
		{"7f10c000-7f10a000 rw-s 00000000 fe:00 131 /x", 0, 0, "", false},
		{"xyz-7f10a000 rw-s 00000000 fe:00 131 /x", 0, 0, "", false},
		{"7f10a000 rw-s 00000000 fe:00 131 /x", 0, 0, "", false},
		{"", 0, 0, "", false},
	} {
		start, length, path, ok := mapping(c.line)
		if start != c.start || length != c.length || path != c.path || ok != c.ok {
			t.Errorf("%q: got %x, %x, %q, %t", c.line, start, length, path, ok)
		}
	}
	if residentFile() <= 0 {
		t.Error("this process has no file-backed memory, which cannot be")
	}
}

func FuzzMapping(f *testing.F) {
	f.Add("7f10a000-7f10c000 rw-s 00000000 fe:00 131 /data/000001.sst")
	f.Add("- - - - - -")
	f.Fuzz(func(t *testing.T, line string) {
		start, length, _, ok := mapping(line)
		if ok && start+length < start {
			t.Errorf("%q: a mapping that wraps around: %x, %x", line, start, length)
		}
	})
}
