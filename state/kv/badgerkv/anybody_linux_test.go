package badgerkv_test

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is a user without rights, whether or not the system knows one of this number.
const nobody = 65534

// becomeAnybody takes root's right to write everywhere from this test; anybody else has none. It is the thread's own user for
// files that changes: the thread ends with the test.
func becomeAnybody(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	runtime.LockOSThread()
	if _, err := unix.SetfsuidRetUid(nobody); err != nil {
		t.Fatal(err)
	}
}
