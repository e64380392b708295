// Package discordtest is a Discord that behaves, for tests: API v10 and the gateway with state, limits, rate limits and faults,
// people who type, press and read, and every request checked against Discord's own description of its API. It knows nothing of
// the adapter. It works over real sockets and over memnet, where all its waiting follows the bubble's clock.
package discordtest

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/command"
)

// Host is the name to serve it under in a memnet.
const Host = "discord.test"

// Options are what a server begins with; the zero value is ready to use.
type Options struct {
	// Commands are the declared commands: with them Slash reads a line as the bot's own parser divides it, and maps it to
	// the registered options. Without them the words of a line fill the options in the order registered.
	Commands []command.Spec
	// Zone is the zone that people read times in; nil is UTC.
	Zone *time.Location
	// MembersIntent allows the privileged intent GUILD_MEMBERS.
	MembersIntent bool
	// Unlimited turns rate limits off.
	Unlimited bool
	// Heartbeat is the interval asked for in hello; zero is Discord's 41.25 s.
	Heartbeat time.Duration
	// Seed makes keys, tokens and faults repeatable.
	Seed uint64
}

// Server is a Discord with one application in it. Its methods are safe for concurrent use.
type Server struct {
	options Options
	strict  sync.Mutex
	wrong   []string // what broke a rule; under strict
	mux     *http.ServeMux
	key     ed25519.PrivateKey
	token   string
	// catalogue parses lines by the declared commands.
	catalogue func() *command.Catalogue

	mu       sync.Mutex
	random   *rand.Rand
	lastID   uint64
	app      string // application id, and the bot's user id
	users    map[string]*user
	guilds   map[string]*guild
	order    []string // guild ids
	channels map[string]*channel
	commands map[string][]*applicationCommand // by guild id; "" are the global ones
	asked    map[string]*Interaction          // by id
	tokens   map[string]*Interaction          // by token
	opened   map[string]*Interaction          // the last one that opened a modal, by user
	sessions map[string]*session
	open     map[*link]bool
	joined   chan struct{}              // closed when a connection comes or goes, and replaced
	sent     map[string]json.RawMessage // the newest event of each name
	posts    map[string]*message        // by id, whoever sees them
	gate     endpoint
	faults   []*Fault
	share    Shares
	buckets  map[string]*bucket
	log      []Request
	waits    []time.Duration // from asking to the first response
}

// New makes a server. The bot in it is called "gonogo".
func New(o Options) *Server {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = 41250 * time.Millisecond
	}
	seed := sha256.Sum256([]byte("discordtest " + strconv.FormatUint(o.Seed, 10)))
	s := &Server{
		options: o, key: ed25519.NewKeyFromSeed(seed[:]), random: rand.New(rand.NewChaCha8(seed)),
		users: map[string]*user{}, guilds: map[string]*guild{}, channels: map[string]*channel{},
		commands: map[string][]*applicationCommand{}, asked: map[string]*Interaction{}, tokens: map[string]*Interaction{},
		opened: map[string]*Interaction{}, sessions: map[string]*session{}, open: map[*link]bool{}, joined: make(chan struct{}), posts: map[string]*message{}, sent: map[string]json.RawMessage{},
		buckets: map[string]*bucket{},
	}
	s.catalogue = sync.OnceValue(func() *command.Catalogue {
		c, err := command.New(o.Commands)
		if err != nil {
			panic(err)
		}
		return c
	})
	s.app = s.id()
	s.token = s.secret(24) + "." + s.secret(6) + "." + s.secret(38)
	s.users[s.app] = &user{ID: s.app, Username: "gonogo", Discriminator: "0", Bot: true}
	s.routes()
	return s
}

// Application is the application's id, which is the bot's user id as well.
func (s *Server) Application() string { return s.app }

// Token is the bot's token, without "Bot ".
func (s *Server) Token() string { return s.token }

// PublicKey is the application's public key in hex.
func (s *Server) PublicKey() string {
	return hex.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

// Request is one request that the server got.
type Request struct {
	Method, Path string // the path without /api/v10
	Body         string // JSON; of a multipart request its payload_json
	Status       int    // zero when the connection was cut
	At           time.Time
}

// Requests lists what the server was asked, in order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.log...)
}

// Violations lists what broke Discord's description of its API or its documented rules without an error of its own.
func (s *Server) Violations() []string {
	s.strict.Lock()
	defer s.strict.Unlock()
	return append([]string(nil), s.wrong...)
}

// Sent is the newest event of each name that went to the bot; interactions are named with their kind, "INTERACTION_CREATE 2",
// whichever door they took.
func (s *Server) Sent() map[string]json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.sent)
}

// Latencies lists how long each interaction waited for its first response; -1 for those that got none within 3 s.
func (s *Server) Latencies() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Duration(nil), s.waits...)
}

// epoch is the first second of 2015, which Discord's ids count from.
const epoch = 1420070400000

// id makes a snowflake: milliseconds, then a counter, always rising. Before Discord's epoch, as in a synctest bubble, the
// milliseconds are counted from 1999, so that ids still have their usual length.
func (s *Server) id() string {
	ms := time.Now().UnixMilli() - epoch
	if ms < 0 {
		ms += epoch - 915148800000
	}
	s.lastID = max(uint64(ms)<<22, s.lastID+1)
	return strconv.FormatUint(s.lastID, 10)
}

// secret makes n characters of a token.
func (s *Server) secret(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[s.random.IntN(len(letters))]
	}
	return string(b)
}

func (s *Server) violate(what string) {
	s.strict.Lock()
	defer s.strict.Unlock()
	s.wrong = append(s.wrong, what)
}
