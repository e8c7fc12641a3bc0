package phone

import (
	"assay/harness/virtual/persona"
)

// Battery is the persona's battery with what faults do to it.
func (h *Handset) Battery() persona.Battery { return h.faults.Battery(h.persona.Battery) }

// doze turns the screen off and lets the handset idle, or wakes it up.
func (h *Handset) doze(begin bool) {
	if begin == h.effects.dozing || begin && h.persona.SDK < 23 {
		return
	}
	if !begin {
		h.Power(true)
		return
	}
	h.Power(false)
	h.effects.dozing = true // after the screen went dark, which would wake it up
	h.LogSystem("system", 'I', "DeviceIdleController", "Moved from STATE_IDLE_PENDING to STATE_IDLE.")
	h.Event("device_idle", 5, "step")
}

// wakeUp ends dozing.
func (h *Handset) wakeUp() {
	if h.effects.dozing {
		h.effects.dozing = false
		h.Event("device_idle", 0, "screen")
	}
}

// IdleStates are the words of deviceidle for how deep the handset idles: deep
// and light (DeviceIdleController.stateToString).
func (h *Handset) IdleStates() (deep, light string) {
	if h.effects.dozing {
		return "IDLE", "OVERRIDE"
	}
	return "ACTIVE", "ACTIVE"
}

// lockScreen turns the screen off with a keyguard in front of it, or takes that
// away again.
func (h *Handset) lockScreen(begin, secure bool) {
	s := &h.State.Screen
	if !begin {
		h.effects.secure, s.Keyguard = false, false
		return
	}
	h.Power(false)
	s.Keyguard, h.effects.secure = true, secure
}

// SetCredential sets what unlocks the screen; empty: nothing is asked, and anybody
// unlocks it.
func (h *Handset) SetCredential(value string) {
	h.State.Credential, h.effects.secure = value, value != ""
}

// Secured says whether nothing but a person unlocks the keyguard.
func (h *Handset) Secured() bool { return h.effects.secure }
