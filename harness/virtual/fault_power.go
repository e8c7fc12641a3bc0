package virtual

import (
	"fmt"

	"assay/harness/virtual/persona"
)

// battery is the persona's battery with what faults do to it.
func (h *PhoneHandset) battery() persona.Battery { return h.faults.Battery(h.persona.Battery) }

// doze turns the screen off and lets the handset idle, or wakes it up.
func (h *PhoneHandset) doze(begin bool) {
	if begin == h.ills.dozing || begin && h.persona.SDK < 23 {
		return
	}
	if !begin {
		h.power(true)
		return
	}
	h.power(false)
	h.ills.dozing = true // after the screen went dark, which would wake it up
	h.logSystem("system", 'I', "DeviceIdleController", "Moved from STATE_IDLE_PENDING to STATE_IDLE.")
	h.event("device_idle", 5, "step")
}

// wakeUp ends dozing.
func (h *PhoneHandset) wakeUp() {
	if h.ills.dozing {
		h.ills.dozing = false
		h.event("device_idle", 0, "screen")
	}
}

// idleStates are the words of deviceidle for how deep the handset idles: deep
// and light (DeviceIdleController.stateToString).
func (h *PhoneHandset) idleStates() (deep, light string) {
	if h.ills.dozing {
		return "IDLE", "OVERRIDE"
	}
	return "ACTIVE", "ACTIVE"
}

// idleShell carries out cmd deviceidle get, of deep, light, screen and charging
// (DeviceIdleController.onShellCommand).
func idleShell(p *process, args []string) int {
	h := p.handset
	defer h.rlock()()
	if len(args) > 0 && args[0] == "whitelist" {
		h.listSpared(p.Stdout, args[1:])
		return 0
	}
	if len(args) < 1 || args[0] != "get" {
		return p.Print("Device idle controller (deviceidle) commands:\n  help\n    Print this help text.\n" +
			"  get [light|deep|force|screen|charging|network]\n    Retrieve the current given state.\n")
	}
	if len(args) < 2 {
		return p.Print("Argument required\n")
	}
	deep, light := h.idleStates()
	answers := map[string]string{
		"deep": deep, "light": light, "force": "false", "screen": fmt.Sprint(h.state.screen.awake),
		"charging": fmt.Sprint(h.persona.Battery.USB), "network": "true",
	}
	answer, ok := answers[args[1]]
	if !ok {
		answer = "Unknown get option: " + args[1]
	}
	return p.Print(answer + "\n")
}

// lockScreen turns the screen off with a keyguard in front of it, or takes that
// away again.
func (h *PhoneHandset) lockScreen(begin, secure bool) {
	s := &h.state.screen
	if !begin {
		h.ills.secure, s.keyguard = false, false
		return
	}
	h.power(false)
	s.keyguard, h.ills.secure = true, secure
}
