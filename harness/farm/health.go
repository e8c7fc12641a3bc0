package farm

import (
	"fmt"
	"slices"
	"time"
)

// Health is how one handset stands, and what that was concluded from. It changes
// by events alone; its zero value has never been seen.
type Health struct {
	State  State
	Cause  string // empty where Ready or Leased
	Remedy string
	Since  time.Time // of State

	Place     Place // as adb and the inventory last had it
	Flap      Flap
	Incidents int       // losses so far; those of one flap count once
	Vitals    *Vitals   // nil: not asked since it came
	Silent    string    // why it did not answer the last health check
	Held      []Reason  // why it is not fit just now
	Leased    bool      // somebody has its use
	Climbing  bool      // it is on the recovery ladder
	Sentence  *Sentence // its quarantine
	Stranger  string    // fingerprint of another handset that answers in its place

	known string // fingerprint of the handset itself
}

// Flap is one incident of a handset that goes away, once or many times in a
// short while. The zero value is none.
type Flap struct {
	Began time.Time
	Last  time.Time // when it was lost last
	Up    time.Time // when it came back last
	Count int       // losses
}

// Limits is what a Health is judged by. Zero values mean the defaults.
type Limits struct {
	Settle time.Duration // how long a handset that was lost must stay before it counts as back; 2 s
	Hold   Hold          // where the entry gives none
}

const defaultSettle = 2 * time.Second

func (l Limits) settle() time.Duration {
	if l.Settle <= 0 {
		return defaultSettle
	}
	return l.Settle
}

// Event is something that befalls a handset.
type Event interface {
	befall(h *Health, at time.Time, l Limits)
}

// Seen is that adb's list was compared with the inventory.
type Seen struct{ Place Place }

// Passed is that time passed.
type Passed struct{}

// Measured is a health check.
type Measured struct{ Vitals Vitals }

// Unanswered is a health check that the handset did not answer.
type Unanswered struct{ Err error }

// LeaseTaken is that the handset was leased.
type LeaseTaken struct{}

// LeaseEnded is that its lease was returned, was revoked, or lapsed.
type LeaseEnded struct{}

// ClimbBegan is that it is on the recovery ladder.
type ClimbBegan struct{}

// ClimbEnded is that it is off the ladder, well or not.
type ClimbEnded struct{}

// SentenceFound is that it is in quarantine.
type SentenceFound struct{ Sentence Sentence }

// SentenceGone is that it is there no longer.
type SentenceGone struct{}

// After gives how the handset stands after an event. It depends on nothing else.
func (h Health) After(e Event, at time.Time, l Limits) Health {
	was := h.State
	h.Held = slices.Clone(h.Held)
	e.befall(&h, at, l)
	h.State, h.Cause, h.Remedy = h.conclude(at, l)
	if h.State != was {
		h.Since = at
	}
	return h
}

func (e Seen) befall(h *Health, at time.Time, l Limits) {
	was := h.Place
	h.Place = e.Place
	up, wasUp := e.Place.State == Ready, was.State == Ready
	switch {
	case wasUp && up && e.Place.Row.TransportID != was.Row.TransportID: // away between two looks
		h.lost(at, l)
		h.Flap.Up = at
	case wasUp && !up:
		h.lost(at, l)
	case up && !wasUp:
		h.Flap.Up = at
		h.Vitals, h.Silent = nil, ""
	}
}

// lost counts a loss: to the flap that is going on, or as a new incident.
func (h *Health) lost(at time.Time, l Limits) {
	h.Vitals, h.Silent = nil, ""
	if h.Flap.Count == 0 || h.Flap.over(at, l) {
		h.Flap = Flap{Began: at}
		h.Incidents++
	}
	h.Flap.Count++
	h.Flap.Last, h.Flap.Up = at, time.Time{}
}

// over says whether the handset is back to stay.
func (f Flap) over(at time.Time, l Limits) bool {
	return !f.Up.IsZero() && at.Sub(f.Up) >= l.settle()
}

func (Passed) befall(h *Health, at time.Time, l Limits) {
	if h.Flap.over(at, l) {
		h.Flap = Flap{}
	}
	if h.Sentence != nil && !h.Sentence.Holds(at) {
		h.Sentence = nil
	}
}

func (e Measured) befall(h *Health, _ time.Time, l Limits) {
	v := e.Vitals
	if h.Leased && h.known != "" && v.Fingerprint != "" && v.Fingerprint != h.known {
		h.Stranger = v.Fingerprint
		return
	}
	if v.Fingerprint == "" {
		v.Fingerprint = h.known
	}
	h.Vitals, h.Silent, h.Stranger = &v, "", ""
	h.Held = h.Place.Entry.Hold.Or(l.Hold).After(h.Held, v)
	h.known = v.Fingerprint
}

func (e Unanswered) befall(h *Health, _ time.Time, _ Limits) {
	h.Vitals, h.Silent = nil, e.Err.Error()
}

func (LeaseTaken) befall(h *Health, _ time.Time, _ Limits) { h.Leased = true }

func (LeaseEnded) befall(h *Health, _ time.Time, _ Limits) {
	h.Leased = false
	if h.Stranger != "" {
		h.Stranger, h.known, h.Vitals = "", "", nil // whoever it is, it is asked anew
	}
}

func (ClimbBegan) befall(h *Health, _ time.Time, _ Limits) { h.Climbing = true }

func (ClimbEnded) befall(h *Health, _ time.Time, _ Limits) { h.Climbing = false }

func (e SentenceFound) befall(h *Health, _ time.Time, _ Limits) { h.Sentence = &e.Sentence }

func (SentenceGone) befall(h *Health, _ time.Time, _ Limits) { h.Sentence = nil }

// conclude says what it all comes to: the most pressing fact.
func (h Health) conclude(at time.Time, l Limits) (State, string, string) {
	place := h.Place
	switch {
	case place.State == Retired, place.State == Unlisted, place.State == "":
		return place.State, place.Cause, place.Remedy
	case h.Sentence != nil && h.Sentence.Holds(at):
		cause, remedy := h.Sentence.explain()
		return Quarantined, cause, remedy
	case h.Climbing:
		return Recovering, "it is being recovered", ""
	case place.State != Ready:
		return place.State, place.Cause, place.Remedy
	case h.Flap.Count > 0 && !h.Flap.over(at, l):
		return h.unsteady()
	case h.Stranger != "":
		return Ambiguous, fmt.Sprintf(
			"another handset answers at its place: %s, not %s",
			h.Stranger,
			h.known,
		), "put the leased handset back, or return the lease"
	case h.Silent != "":
		if place.Row.Remote() {
			return Offline, "it does not answer: " + h.Silent, "look at its screen and its network; reboot it if it is frozen"
		}
		return Offline, "it does not answer: " + h.Silent, "look at its screen; replug it or reboot it if it is frozen"
	case h.Vitals == nil && h.Leased:
		return Leased, "", ""
	case h.Vitals == nil:
		return Connecting, "it has just come, and is being asked how it is", ""
	case !h.Vitals.BootCompleted:
		return Booting, "it has not finished booting", "wait; if it stays so, look at its screen: a boot loop, or a lock that must be opened once"
	case len(h.Held) > 0:
		cause, remedy := place.Entry.Hold.Or(l.Hold).why(h.Held, *h.Vitals)
		return Held, cause, remedy
	case h.Leased:
		return Leased, "", ""
	}
	return Ready, "", ""
}

// unsteady is the state of a handset that is back, but perhaps not to stay: what
// it was while it was away, so that twenty flaps are one change and not forty.
func (h Health) unsteady() (State, string, string) {
	state := h.State
	if state != Offline && state != Missing && state != Connecting && state != Unauthorized {
		state = Connecting
	}
	cause := "it was lost, and has just come back"
	if h.Flap.Count > 1 {
		cause = fmt.Sprintf("it was lost %d times in %v, and has just come back", h.Flap.Count, h.Flap.Last.Sub(h.Flap.Began).Round(time.Second))
	}
	if h.Place.Row.Remote() {
		return state, cause, "if it goes on, look at its network: Wi-Fi that sleeps, an address that changes"
	}
	return state, cause, "if it goes on, change its cable or its port"
}
