package farm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
)

// Ladder brings handsets back that were lost: rung by rung, least intrusive
// first, each within its budget. It never ends an adb server, which others may
// be using.
type Ladder struct {
	Farm      *Farm
	Inventory Inventory
	Rungs     []Rung        // nil: Rungs()
	Answer    time.Duration // how long a short command may take, or the server to answer; 0: the farm's
}

func (l *Ladder) answer() time.Duration {
	if l.Answer <= 0 {
		return l.Farm.answer()
	}
	return l.Answer
}

// Climb brings a leased handset back. journal is told of every try and of every
// rung that was skipped; its error ends the climb and is returned. nil means
// that the handset has booted and its shell answers: the lease then has a new
// Device, and the BootID that the handset has now. Any other error is a
// *NotReady: what is wrong, what a person can do, and a ticket if the handset
// was handed over to one. A context that ends does not keep the last rung from
// being climbed where it ended for lack of time.
func (l *Ladder) Climb(ctx context.Context, lease *Lease, journal func(Rung, Outcome) error) error {
	c := &climber{Ladder: l, entry: lease.Entry, row: lease.Device.Row(), fingerprint: lease.sameHandset, bootID: lease.BootID}
	if err := c.climb(ctx, journal); err != nil {
		return err
	}
	lease.Device = c.device()
	return lease.isBoot(c.bootID)
}

// Revive brings a handset back that nobody has leased, and gives its place.
func (l *Ladder) Revive(ctx context.Context, p Place, journal func(Rung, Outcome) error) (Place, error) {
	c := &climber{Ladder: l, entry: l.Inventory.complete(p.Entry), row: p.Row, fingerprint: func(string) error { return nil }}
	if err := c.climb(ctx, journal); err != nil {
		return p, err
	}
	return Place{Entry: c.entry, Row: c.row, State: Ready}, nil
}

// climber is one handset's way up the ladder.
type climber struct {
	*Ladder
	entry       Entry
	row         adb.Row            // as adb last showed it; zero where it did not
	fingerprint func(string) error // refuses another handset
	bootID      string             // last heard
	downFrom    string             // boot_id that it must leave, or
	down        bool               // it must be seen to be away, before it is back
	serverLost  bool
	trouble     trouble
	tried       []string
}

// trouble is why a handset cannot be worked with.
type trouble struct {
	*NotReady      // nil: it can
	hung      bool // adb shows it, but its shell does not answer
	server    bool // it is the adb server's
	final     bool // no rung helps but the last
}

func (c *climber) climb(ctx context.Context, journal func(Rung, Outcome) error) error {
	key := c.entry.Key()
	c.entry.Server = canonical(c.server().Addr())
	c.Farm.record(key, ClimbBegan{})
	defer c.Farm.record(key, ClimbEnded{})
	c.trouble = trouble{NotReady: &NotReady{State: Connecting, Cause: "nobody has looked yet"}}
	rungs := c.Rungs
	if rungs == nil {
		rungs = Rungs()
	}
	for _, rung := range rungs {
		done, err := c.rung(ctx, rung, journal)
		if done || err != nil {
			return err
		}
		if c.trouble.server || ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			break
		}
	}
	return c.trouble.NotReady
}

// rung tries one rung as often as it may, and says whether the handset is back.
func (c *climber) rung(ctx context.Context, rung Rung, journal func(Rung, Outcome) error) (bool, error) {
	if rung.Name == human {
		ctx = context.WithoutCancel(ctx)
	}
	for try := 1; try <= rung.Tries; try++ {
		if skip := c.skip(ctx, rung); skip != "" {
			if try > 1 {
				break
			}
			return false, journal(
				rung,
				Outcome{Began: c.Farm.clock().Now(), Skipped: skip, State: c.trouble.State, Cause: c.trouble.Cause, BootID: c.bootID},
			)
		}
		o := c.try(ctx, rung, try)
		if err := journal(rung, o); err != nil || o.Ready() {
			return o.Ready(), err
		}
	}
	return false, nil
}

// skip says why a rung is not worth trying.
func (c *climber) skip(ctx context.Context, rung Rung) string {
	switch {
	case rung.Name == human:
		return ""
	case ctx.Err() != nil:
		return "no time is left"
	case c.trouble.final:
		return "it would not help"
	case rung.unfit == nil:
		return ""
	}
	return rung.unfit(c)
}

// try does what the rung says, and looks until the handset is back or the try's
// time is over.
func (c *climber) try(ctx context.Context, rung Rung, try int) Outcome {
	clock := c.Farm.clock()
	o := Outcome{Try: try, Began: clock.Now()}
	if rung.do != nil {
		doing, cancel := context.WithTimeout(ctx, rung.Time)
		o.Err = rung.do(doing, c)
		cancel()
	}
	// A look that began in time may end: it is what the next rung goes by.
	looking, cancel := context.WithTimeout(ctx, rung.Time+2*c.answer())
	defer cancel()
	pause := max(rung.Pause, leastPause)
	for rung.Name != human {
		c.trouble = c.diagnose(looking)
		if c.trouble.NotReady == nil || c.trouble.final || clock.Now().Add(pause).Sub(o.Began) > rung.Time || clock.Wait(looking, pause) != nil {
			break
		}
	}
	o.Took, o.State, o.BootID = clock.Now().Sub(o.Began), Ready, c.bootID
	if c.trouble.NotReady != nil {
		o.State, o.Cause = c.trouble.State, c.trouble.Cause
	}
	c.tried = append(c.tried, fmt.Sprintf("%s (%v)", rung.Name, o.Took.Round(time.Second)))
	return o
}

// leastPause is the least time between two looks.
const leastPause = 100 * time.Millisecond

// goesDown says that the handset is about to be rebooted, so that it is not
// taken for back before it went.
func (c *climber) goesDown() {
	c.downFrom, c.down = c.bootID, true
	c.Farm.expectBoot(c.entry.Key())
}

// server is the handset's adb server.
func (c *climber) server() *adb.Server { return c.Farm.server(c.entry.Server) }

// device is the handset, as adb last showed it.
func (c *climber) device() *adb.Device { return c.server().Device(c.row) }

// path is the handset's USB path.
func (c *climber) path() string {
	if c.row.Path != "" {
		return c.row.Path
	}
	return c.entry.port()
}

// diagnose says whether the handset can be worked with, and if not, why. It leaves
// the trouble as it was where its own time ends first.
func (c *climber) diagnose(ctx context.Context) trouble {
	row, t := c.find(ctx)
	if ctx.Err() != nil {
		return c.trouble
	}
	if t.NotReady != nil {
		if t.server {
			return t
		}
		c.down = false
		if row.Serial == "" {
			c.row.State = "" // its path is where it was
			return t
		}
		c.row = row
		return t
	}
	c.row = row
	t = c.ask(ctx)
	if ctx.Err() != nil && t.NotReady != nil {
		return c.trouble
	}
	return t
}

// find finds the handset's row.
func (c *climber) find(ctx context.Context) (adb.Row, trouble) {
	rows, err := c.rows(ctx)
	if err == nil && c.serverLost {
		c.serverLost = false
		if err := c.Farm.reconnect(ctx, c.entry.Server, c.Inventory); err != nil {
			c.Farm.log().Warn("not connected again after the adb server was lost", "err", err)
		}
		rows, err = c.rows(ctx)
	}
	only, list := Inventory{Devices: []Entry{c.entry}}, List{Server: c.entry.Server, Rows: rows}
	if away := unconnected(only, list); err == nil && len(away) > 0 {
		asking, cancel := asked(ctx, c.answer())
		_ = c.Farm.connect(asking, list.Server, len(rows), away) // where it fails the handset is missing, which says so
		cancel()
		list.Rows, err = c.rows(ctx)
	}
	if err != nil {
		c.serverLost = true
		return adb.Row{}, serverTrouble(err)
	}
	p := Survey(only, list)[0]
	if p.State == Ready {
		return p.Row, trouble{}
	}
	return p.Row, trouble{NotReady: notReady(p), final: p.State == Ambiguous || p.State == Retired}
}

// rows lists what the server has. A server that hangs is a timeout of its own.
func (c *climber) rows(ctx context.Context) ([]adb.Row, error) {
	asking, cancel := asked(ctx, c.answer())
	defer cancel()
	rows, err := c.server().Devices(asking)
	if err != nil && asking.Err() != nil && ctx.Err() == nil {
		err = &adb.Timeout{Deadline: adb.DeadlineHandshake, After: c.answer(), Owner: adb.OwnerServer}
	}
	return rows, err
}

func serverTrouble(err error) trouble {
	remedy := adb.Remedy(err)
	if remedy == "" {
		remedy = "see that the adb server runs: adb devices -l"
	}
	return trouble{NotReady: &NotReady{State: Missing, Cause: err.Error(), Remedy: remedy, Err: err}, server: true}
}

// bootServices must be there before apps can be worked with.
var bootServices = []string{"activity", "package", "window"}

// ask asks a handset that adb shows whether it has booted.
func (c *climber) ask(ctx context.Context) trouble {
	d := c.device()
	id, err := short(ctx, d, c.answer(), "cat", bootIDFile)
	if id = strings.TrimSpace(id); err != nil {
		if !exited(err) {
			return mute(err)
		}
		id = ""
	}
	if id != "" {
		c.bootID = id
		if looping := c.Farm.sawBoot(c.entry, id); looping != nil {
			return trouble{NotReady: looping, final: true}
		}
	}
	if c.down && (id == "" || id == c.downFrom) {
		return trouble{
			NotReady: &NotReady{State: Booting, Cause: "it was told to reboot, and has not gone down yet", Remedy: "look at its screen"},
		}
	}
	c.down = false
	for _, q := range c.questions() {
		out, err := short(ctx, d, c.answer(), q.argv...)
		if err != nil && !exited(err) {
			return mute(err)
		}
		if err := q.check(strings.TrimSpace(out)); err != nil {
			var n *NotReady
			errors.As(err, &n)
			return trouble{NotReady: n, final: n.State == Ambiguous}
		}
	}
	return trouble{}
}

type question struct {
	argv  []string
	check func(answer string) error // a *NotReady
}

func (c *climber) questions() []question {
	booting := func(cause string) error {
		return &NotReady{State: Booting, Cause: cause, Remedy: "look at its screen: a boot loop, or a lock that must be opened once"}
	}
	all := []question{
		{[]string{"getprop", android.PropBootCompleted}, func(answer string) error {
			if answer != "1" {
				return booting("it has not finished booting")
			}
			return nil
		}},
		{[]string{"getprop", android.PropFingerprint}, c.fingerprint},
	}
	for _, name := range bootServices {
		all = append(all, question{[]string{"service", "check", name}, func(answer string) error {
			if !strings.HasSuffix(answer, ": found") {
				return booting("its service " + name + " does not run yet")
			}
			return nil
		}})
	}
	return all
}

func exited(err error) bool {
	var exit *adb.ExitError
	return errors.As(err, &exit)
}

// mute is the trouble with a handset that adb shows and that does not answer.
func mute(err error) trouble {
	if adb.Owner(err) == adb.OwnerServer {
		return serverTrouble(err)
	}
	var timeout *adb.Timeout
	return trouble{hung: errors.As(err, &timeout),
		NotReady: &NotReady{State: Offline, Cause: "its shell does not answer: " + err.Error(), Remedy: adb.Remedy(err), Err: err}}
}

// ticket tells a person what is wrong with a handset, what was tried and what to
// do.
func ticket(e Entry, n *NotReady, tried []string) string {
	lines := []string{"handset: " + e.Name()}
	if e.USB != "" {
		lines = append(lines, "port: "+e.port())
	}
	if e.Note != "" {
		lines = append(lines, "note: "+e.Note)
	}
	lines = append(lines, "state: "+n.Error())
	if len(tried) > 0 {
		lines = append(lines, "tried: "+strings.Join(tried, ", "))
	}
	return strings.Join(append(lines, "to do: "+n.Remedy), "\n")
}
