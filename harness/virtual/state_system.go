package virtual

// theSystem is the package of Android itself, which every image has.
const theSystem = "android"

// systemUses is what Android itself has used since it began: app-ops knows the
// system's UID on every handset, whatever its apps did.
func (h *PhoneHandset) systemUses() {
	key := opKey{uid: systemUID, pkg: theSystem, op: "WAKE_LOCK"}
	if h.persona.SDK >= 28 {
		key.state = "pers"
	}
	if h.persona.SDK >= 29 {
		key.forwarded = "s"
	}
	h.state.uses[key] = &opUse{access: h.clock.Now()}
}
