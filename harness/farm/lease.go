package farm

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"assay/harness/adb"
	"assay/harness/android"
)

// Lease is the sole use of one handset until Return. Where the farm has a Term
// it must be renewed, or it ends by itself; and it may be revoked. Done tells.
type Lease struct {
	Handset android.Handset
	Device  *adb.Device
	Entry   Entry
	Vitals  *Vitals // of the last health check; nil: none yet
	BootID  string  // of the boot that was leased or, after a climb, recovered: another one later means that it rebooted; empty: not known

	farm  *Farm
	key   string
	jobs  int    // counted by CheckEvery
	claim *claim // nil: the farm keeps none

	identity identity // guarded by the farm's lock once it is leased

	mu      sync.Mutex
	done    chan struct{}
	cause   error
	timer   *time.Timer // ends it; nil: it has no term
	expires time.Time
}

// Why a lease is over.
var (
	ErrReturned = errors.New("lease was returned")
	ErrLapsed   = errors.New("lease lapsed: nobody renewed it")
)

// noteLease notes that a handset is leased.
func (f *Farm) noteLease(p Place) (*Lease, error) {
	l := &Lease{Device: f.Device(p), Entry: p.Entry, farm: f, key: p.Entry.Key(), done: make(chan struct{})}
	f.mu.Lock()
	if f.leased[l.key] != nil {
		f.mu.Unlock()
		return nil, fmt.Errorf("%s: %w", p.Entry.Name(), ErrLeased)
	}
	f.leased[l.key] = l
	f.mu.Unlock()
	if f.Claims != nil {
		var err error
		if l.claim, err = f.Claims.claim(f.server(p.Entry.Server).Addr(), p, f.Term); err != nil {
			f.free(l)
			return nil, fmt.Errorf("%s: %w", p.Entry.Name(), err)
		}
	}
	if f.Term > 0 {
		l.mu.Lock()
		l.expires = time.Now().Add(f.Term)
		l.timer = time.AfterFunc(f.Term, func() { l.end(ErrLapsed, true) })
		l.mu.Unlock()
	}
	f.record(l.key, LeaseTaken{})
	return l, nil
}

// Return gives the handset back. It may be called twice.
func (l *Lease) Return() { l.end(ErrReturned, true) }

// Revoke says that the lease is over, and why. The handset is not free before
// whoever has it returns it, or the term is over.
func (l *Lease) Revoke(cause error) { l.end(cause, false) }

// Done is closed when the lease is over.
func (l *Lease) Done() <-chan struct{} { return l.done }

// Cause says why the lease is over: ErrReturned, ErrLapsed or why it was
// revoked; nil while it holds.
func (l *Lease) Cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// Renew lets the lease hold for another term from now. The error is why it is
// over.
func (l *Lease) Renew() error {
	if err := l.claim.renew(l.farm.Term); err != nil {
		l.end(err, true)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause != nil {
		return fmt.Errorf("%s: %w", l.Entry.Name(), l.cause)
	}
	if l.timer != nil {
		l.expires = time.Now().Add(l.farm.Term)
		l.timer.Reset(l.farm.Term)
	}
	return nil
}

// Expires is when the lease ends if nobody renews it; zero: never.
func (l *Lease) Expires() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.expires
}

// end ends the lease, for the first cause given, and frees the handset if it is
// to be freed.
func (l *Lease) end(cause error, free bool) {
	l.mu.Lock()
	over := l.cause != nil
	if !over {
		l.cause = cause
		close(l.done)
	}
	if free && l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	if !over && !errors.Is(cause, ErrReturned) {
		l.farm.log().Warn("lease is over", "handset", l.Entry.Name(), "cause", cause)
	}
	if free {
		l.farm.free(l)
	}
}

// free lets the next one have a lease's handset. A lease that lapsed and whose
// handset somebody else has by now frees nothing.
func (f *Farm) free(l *Lease) {
	f.mu.Lock()
	mine := f.leased[l.key] == l
	if mine {
		delete(f.leased, l.key)
	}
	delete(f.running, l)
	f.mu.Unlock()
	if !mine {
		return
	}
	if err := l.claim.drop(); err != nil {
		f.log().Warn("claim is left behind", "handset", l.Entry.Name(), "err", err)
	}
	f.record(l.key, LeaseEnded{})
}

// Check asks the leased handset how it is. The error is a *NotReady where it is
// another handset, is in a boot loop (which puts it into quarantine) or is not
// fit (Held); the lease is then revoked, for that reason. Any other error is the
// transport's, and the lease holds on.
func (l *Lease) Check(ctx context.Context) (Vitals, error) {
	v, err := check(ctx, l.Device, l.farm.answer())
	if err != nil {
		l.farm.record(l.key, Unanswered{err})
		return v, err
	}
	l.farm.record(l.key, Measured{v})
	if err := l.judge(v); err != nil {
		l.Revoke(err)
		return v, err
	}
	return v, nil
}

// judge says why the handset is not fit for more.
func (l *Lease) judge(v Vitals) error {
	if err := l.sameHandset(v.Fingerprint); err != nil {
		return err
	}
	l.Vitals = &v
	if looping := l.farm.sawBoot(l.Entry, v.BootID); looping != nil {
		return looping
	}
	held := l.farm.hold(l.Entry, v)
	if len(held) == 0 {
		return nil
	}
	cause, remedy := l.Entry.Hold.why(held, v)
	return &NotReady{State: Held, Cause: cause, Remedy: remedy}
}

// Rebooted says whether the leased handset has booted since it was leased,
// recovered or last asked. The error is a *NotReady where another handset answers
// or this one is in a boot loop, which puts it into quarantine; any other is the
// transport's.
func (l *Lease) Rebooted(ctx context.Context) (bool, error) {
	fingerprint, err := short(ctx, l.Device, l.farm.answer(), "getprop", android.PropFingerprint)
	if err != nil {
		return false, err
	}
	if err := l.sameHandset(strings.TrimSpace(fingerprint)); err != nil {
		return false, err
	}
	id, err := short(ctx, l.Device, l.farm.answer(), "cat", bootIDFile)
	if err != nil && !exited(err) {
		return false, err
	}
	before, id := l.BootID, strings.TrimSpace(id)
	if err := l.isBoot(id); err != nil {
		return true, err
	}
	if looping := l.farm.sawBoot(l.Entry, id); looping != nil {
		return true, looping
	}
	return before != "" && id != "" && id != before, nil
}

// CheckEvery counts a job, and checks the handset on every nth.
func (l *Lease) CheckEvery(ctx context.Context, n int) error {
	l.jobs++
	if n <= 0 || l.jobs%n != 0 {
		return nil
	}
	_, err := l.Check(ctx)
	return err
}
