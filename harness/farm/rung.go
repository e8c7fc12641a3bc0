package farm

import (
	"context"
	"errors"
	"time"

	"assay/harness/adb"
)

// Rung is one row of the recovery ladder: what is tried, and how much of it.
type Rung struct {
	Name  string
	About string
	Tries int
	Time  time.Duration // of one try, with the looks whether it helped
	Pause time.Duration // between two looks

	unfit func(*climber) string                 // why it cannot help, for the journal; empty: it may
	do    func(context.Context, *climber) error // nil: only look
}

// Rungs gives the ladder, least intrusive first. A caller may change the budgets
// of its copy, and leave rungs out.
func Rungs() []Rung {
	return []Rung{
		{"settle", "wait whether it comes back by itself", 1, 5 * time.Second, 500 * time.Millisecond, nil, nil},
		{"reconnect", "have adb make this transport anew", 2, 10 * time.Second, time.Second, unfitToReconnect, reconnect},
		{"boot", "wait until it has booted", 1, 120 * time.Second, 2 * time.Second, unfitToBoot, nil},
		{"wake", "run a short command until its shell answers", 3, 15 * time.Second, time.Second, unfitToWake, wake},
		{"reboot", "reboot it", 1, 180 * time.Second, 2 * time.Second, unfitToReboot, reboot},
		{"power", "power-cycle its port", 2, 150 * time.Second, 2 * time.Second, unfitToPower, power},
		{human, "hand it to a person", 1, 5 * time.Second, 0, nil, handOver},
	}
}

// human is the last rung, which is climbed also when no time is left.
const human = "human"

// Outcome is what became of one try at a rung.
type Outcome struct {
	Try     int           // from 1; 0 where the rung was skipped
	Began   time.Time     //
	Took    time.Duration //
	Skipped string        // why the rung could not help; empty: it was tried
	Err     error         // of the rung's own doing: a command that is missing, a refusal
	State   State         // of the handset afterwards
	Cause   string        // empty where Ready
	BootID  string        // of the handset, where it was heard
}

// Ready says whether the handset can be worked with again.
func (o Outcome) Ready() bool { return o.Skipped == "" && o.State == Ready }

const onlyAPerson = "only a person can authorize this computer"

func unfitToReconnect(c *climber) string {
	switch {
	case c.trouble.State == Unauthorized:
		return onlyAPerson
	case c.row.State == "" && c.entry.Connect == "":
		return "adb does not show it"
	}
	return ""
}

// reconnect makes a transport anew: of a handset on the network by letting it
// go, of one on a cable by the server's own request for it alone.
func reconnect(ctx context.Context, c *climber) error {
	if c.entry.Connect == "" {
		return c.device().Reconnect(ctx)
	}
	if err := c.server().Disconnect(ctx, c.entry.Connect); err != nil && !errors.Is(err, adb.ErrNoDevice) {
		return err
	}
	return c.server().Connect(ctx, c.entry.Connect)
}

func unfitToBoot(c *climber) string {
	switch {
	case c.trouble.State == Unauthorized:
		return onlyAPerson
	case c.trouble.hung:
		return "it is there, but its shell hangs"
	}
	return ""
}

func unfitToWake(c *climber) string {
	if !c.trouble.hung {
		return "it has no shell that hangs"
	}
	return ""
}

// wake opens a shell, and another by the service that has no terminal and no
// protocol: either may hang alone.
func wake(ctx context.Context, c *climber) error {
	d := c.device()
	_, err := short(ctx, d, c.answer(), "true")
	if err == nil || ctx.Err() != nil {
		return err
	}
	_, err = d.Exec(ctx, adb.Command{Argv: []string{"true"}, Total: c.answer(), Limit: mostVital})
	return err
}

func unfitToReboot(c *climber) string {
	switch {
	case !c.entry.Reboot:
		return "devices.yaml does not allow it (reboot: true)"
	case c.row.State != "device":
		return "adb cannot reach it to tell it so"
	}
	return ""
}

func reboot(ctx context.Context, c *climber) error {
	c.goesDown()
	asking, cancel := asked(ctx, c.answer())
	defer cancel()
	err := c.device().Reboot(asking)
	if err != nil && asking.Err() != nil && ctx.Err() == nil {
		return nil // some go down without hanging up; whether it did is seen by its boot_id
	}
	return err
}

func unfitToPower(c *climber) string {
	switch {
	case c.trouble.State == Unauthorized:
		return onlyAPerson
	case c.entry.Power == "":
		return "devices.yaml names no command (power:)"
	}
	if _, err := Power(c.entry.Power).argv(c.entry, c.path()); err != nil {
		return err.Error()
	}
	return ""
}

func power(ctx context.Context, c *climber) error {
	return Power(c.entry.Power).cycle(ctx, c.entry, c.path())
}

// handOver puts a handset out of use that is there and cannot be worked with.
// One that is away, or that waits for its owner, is told by its state alone: it
// can be used as soon as that is another; so is one that another program has, by
// adb detach.
func handOver(_ context.Context, c *climber) error {
	n := c.trouble.NotReady
	n.Ticket = ticket(c.entry, n, c.tried)
	waits := errors.Is(c.row.Err(), adb.ErrNoPermissions) || errors.Is(c.row.Err(), adb.ErrOtherMode) || c.row.State == "detached"
	if n.State != Offline && n.State != Booting || waits {
		return nil
	}
	return c.Farm.sentence(c.entry, n)
}
