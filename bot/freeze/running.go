package freeze

// Running says what becomes of a deployment that is under way when a freeze of its place begins.
type Running string

// What may become of it. What is not said finishes.
const (
	Finish   Running = "finish"    // it goes on
	Pause    Running = "pause"     // it takes no next step until the freeze is over
	RollBack Running = "roll back" // what ran before is put back
)

// Policies lists every policy.
func Policies() []Running { return []Running{Finish, Pause, RollBack} }
