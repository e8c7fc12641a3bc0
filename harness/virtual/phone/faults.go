package phone

import (
	"time"

	"assay/harness/virtual/fault"
)

// Inject gives the handset a fault, from now on. Faults of the server strike the
// farms that the handset is in.
func (h *Handset) Inject(f fault.Fault) {
	h.faults.Add(f)
	h.carryOut(true)
}

// Follow gives the handset the faults of a script.
func (h *Handset) Follow(s fault.Script) {
	for _, f := range s {
		h.Inject(f)
	}
}

// Hear has heard called with the number and the name of each service that is
// opened, before it runs: the numbers are those that the After of a fault counts.
func (h *Handset) Hear(heard func(n int, service string)) { h.faults.Hear(heard) }

// carryOut changes the state as faults have it. Where wait is not set, what the
// handset is busy with may hold it up: it is then carried out later, before the
// next service or at the end of this one.
func (h *Handset) carryOut(wait bool) {
	switch {
	case h.faults.Idle():
		return
	case wait:
		h.mu.Lock()
	case !h.mu.TryLock():
		return
	}
	defer h.mu.Unlock()
	h.catchUp()
	for do := h.faults.Next(); do != nil; do = h.faults.Next() {
		do(struck{h})
	}
}

// struck is the handset's state as faults change it.
type struck struct{ h *Handset }

// Boot starts the handset anew.
func (s struck) Boot() { s.h.boot() }

// Booted is the end of a boot, or of a restart of the system.
func (s struck) Booted() { s.h.booted() }

// Change carries a fault's change of the state out, or takes it back. The caller
// holds the lock.
func (s struck) Change(f fault.Fault, begin bool) {
	h := s.h
	switch f.Kind {
	case fault.Chatty, fault.Overrun:
		h.Log.lose(int(f.Count), f.Kind == fault.Chatty && h.persona.SDK >= 24 && h.persona.SDK <= 30)
	case fault.ClockJump:
		h.jump(map[bool]time.Duration{true: f.By, false: -f.By}[begin])
	case fault.Crash:
		h.showCrash(f.What)
	case fault.Doze:
		h.doze(begin)
	case fault.Full:
		h.files.LeaveFree(map[bool]int64{true: f.AfterBytes, false: -1}[begin])
	case fault.Keyguard:
		h.lockScreen(begin, f.What == "secure")
	case fault.LogFilter:
		h.filterLog(f, begin)
	case fault.LogOff:
		h.effects.logOff = begin
		h.sinceBoot(begin)
	case fault.NotResponding:
		h.showNotResponding(f.What)
	case fault.OtherLocale:
		h.setLocale(map[bool]string{true: f.What, false: ""}[begin])
	case fault.Overlay:
		h.cover(*fault.WindowNamed(f.What))
	case fault.Prune:
		h.Log.prune(int(f.Count))
	case fault.Question:
		h.question(f.What)
	case fault.SameSerial:
		serial := map[bool]string{true: f.What, false: h.Serial()}[begin]
		h.State.Properties["ro.serialno"], h.State.Properties["ro.boot.serialno"] = serial, serial
	case fault.SystemRestart:
		h.restartSystem(f.Count)
	}
}
