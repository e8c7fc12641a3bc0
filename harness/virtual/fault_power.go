package virtual

import (
	"assay/harness/virtual/persona"
)

// battery is the persona's battery with what faults do to it.
func (h *PhoneHandset) battery() persona.Battery { return h.faults.Battery(h.persona.Battery) }

// doze turns the screen off and lets the handset idle, or wakes it up.
func (h *PhoneHandset) doze(begin bool) {
	if begin == h.effects.dozing || begin && h.persona.SDK < 23 {
		return
	}
	if !begin {
		h.power(true)
		return
	}
	h.power(false)
	h.effects.dozing = true // after the screen went dark, which would wake it up
	h.logSystem("system", 'I', "DeviceIdleController", "Moved from STATE_IDLE_PENDING to STATE_IDLE.")
	h.event("device_idle", 5, "step")
}

// wakeUp ends dozing.
func (h *PhoneHandset) wakeUp() {
	if h.effects.dozing {
		h.effects.dozing = false
		h.event("device_idle", 0, "screen")
	}
}

// idleStates are the words of deviceidle for how deep the handset idles: deep
// and light (DeviceIdleController.stateToString).
func (h *PhoneHandset) idleStates() (deep, light string) {
	if h.effects.dozing {
		return "IDLE", "OVERRIDE"
	}
	return "ACTIVE", "ACTIVE"
}

// lockScreen turns the screen off with a keyguard in front of it, or takes that
// away again.
func (h *PhoneHandset) lockScreen(begin, secure bool) {
	s := &h.state.screen
	if !begin {
		h.effects.secure, s.keyguard = false, false
		return
	}
	h.power(false)
	s.keyguard, h.effects.secure = true, secure
}

// setCredential sets what unlocks the screen; empty: nothing is asked, and anybody
// unlocks it.
func (h *PhoneHandset) setCredential(value string) {
	h.state.credential, h.effects.secure = value, value != ""
}

// secured says whether nothing but a person unlocks the keyguard.
func (h *PhoneHandset) secured() bool { return h.effects.secure }
