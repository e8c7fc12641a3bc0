package phone

// theSystem is the package of Android itself, which every image has.
const theSystem = "android"

// systemUses is what Android itself has used since it began: app-ops knows the
// system's UID on every handset, whatever its apps did.
func (h *Handset) systemUses() {
	key := UseKey{UID: SystemUID, Package: theSystem, Op: "WAKE_LOCK"}
	if h.persona.SDK >= 28 {
		key.State = "pers"
	}
	if h.persona.SDK >= 29 {
		key.Forwarded = "s"
	}
	h.State.Uses[key] = &Use{LastAccess: h.Clock.Now()}
}
