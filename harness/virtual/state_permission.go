package virtual

import (
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// isRuntime says whether a permission is the user's to give on this handset:
// before Android 6 none is.
func (h *PhoneHandset) isRuntime(permission string) bool {
	if h.persona.SDK < 23 {
		return false
	}
	d, ok := h.state.definitionOf(permission)
	return ok && strings.HasPrefix(d.protection, "dangerous")
}

// grantAtBoot grants a package what its manifest, signature and place on the
// image earn it at installation, and what the maker's defaults give.
func (h *PhoneHandset) grantAtBoot(p *installed) {
	p.grants.requested = append(p.grants.requested, p.Requests...)
	for _, perm := range p.Requests {
		switch {
		case h.isRuntime(perm):
			h.addRuntime(p, perm)
		case h.grantedAtInstall(p, perm):
			p.grants.install[perm] = &grant{granted: true}
		}
	}
	for _, perm := range slices.Sorted(maps.Keys(p.Runtime)) {
		h.grantByDefault(p, persona.FullPermission(perm), p.Runtime[perm])
	}
	for _, u := range h.userIDs() {
		for perm := range p.grants.runtime[u] { // once all stand: one may decide another's mode
			h.syncOpMode(p, u, perm)
		}
	}
}

// addRuntime enters a runtime permission as not granted. Android 9 and older
// keep no entry for what was never granted nor flagged.
func (h *PhoneHandset) addRuntime(p *installed, perm string) {
	for _, u := range h.userIDs() {
		if p.grants.runtime[u][perm] != nil {
			continue
		}
		var flags persona.Flags
		if h.persona.SDK >= 29 {
			if !p.sys || p.Launcher != "" {
				flags |= persona.UserSensitiveWhenGranted | persona.UserSensitiveWhenDenied
			}
			if persona.Restricted(perm) && p.sys {
				flags |= persona.RestrictionSystemExempt | persona.RestrictionUpgradeExempt
			}
		}
		p.grants.runtime[u][perm] = &grant{flags: flags}
	}
}

// grantByDefault grants a runtime permission with flags, as the maker's first
// boot does; before Android 6 it is granted at installation like any other.
func (h *PhoneHandset) grantByDefault(p *installed, perm string, names []string) {
	if h.persona.SDK < 23 {
		if persona.Protection(perm, h.persona.SDK) != "" {
			p.grants.install[perm] = &grant{granted: true}
		}
		return
	}
	if _, known := h.state.definitionOf(perm); !known {
		return
	}
	if !h.isRuntime(perm) {
		p.grants.install[perm] = &grant{granted: true}
		return
	}
	flags := persona.ParseFlags(names)
	for _, u := range h.userIDs() {
		if !p.users[u].installed {
			continue
		}
		g := p.grants.runtime[u][perm]
		if g == nil {
			g = &grant{}
			p.grants.runtime[u][perm] = g
		}
		g.granted = true
		g.flags |= flags
	}
}

// grantedAtInstall says whether a permission that is not a runtime one is
// granted (PermissionManagerService.grantSignaturePermission and around).
func (h *PhoneHandset) grantedAtInstall(p *installed, perm string) bool {
	d, ok := h.state.definitionOf(perm)
	if !ok {
		return false
	}
	base, extra, _ := strings.Cut(d.protection, "|")
	switch base {
	case "normal":
		return true
	case "dangerous": // Android 5
		return true
	case "signature", "signatureOrSystem":
	default: // internal: roles give it
		return false
	}
	if h.sameSigner(p, d.pkg) {
		return true
	}
	words := strings.Split(extra, "|")
	privileged := base == "signatureOrSystem" || slices.Contains(words, "privileged") || slices.Contains(words, "system")
	if !privileged || !p.priv {
		return false
	}
	if h.persona.SDK < 26 { // allow-lists of privileged permissions came with Android 8
		return true
	}
	return slices.ContainsFunc(p.Privileged, func(name string) bool { return persona.FullPermission(name) == perm })
}

// sameSigner says whether a package carries the signature of another.
func (h *PhoneHandset) sameSigner(p *installed, other string) bool {
	o := h.state.find(other)
	return p.Name == other || o != nil && p.signer() == o.signer()
}

// signer names whose key signed a package. Shared users of the system want the
// platform's.
func (p *installed) signer() string {
	switch {
	case p.Signer != "":
		return p.Signer
	case p.Name == "android", p.SharedUser == "android.uid.system":
		return "platform"
	}
	return p.Name
}

// setRuntime grants or revokes a runtime permission, for a user, and sets flags.
func (h *PhoneHandset) setRuntime(p *installed, user int, perm string, granted bool, set, clear persona.Flags) {
	g := p.grants.runtime[user][perm]
	if g == nil {
		g = &grant{}
		p.grants.runtime[user][perm] = g
	}
	g.granted = granted
	g.flags = g.flags&^clear | set
	h.syncOpMode(p, user, perm)
	if perm == "android.permission.ACCESS_BACKGROUND_LOCATION" {
		for _, l := range locationPermissions {
			h.syncOpMode(p, user, l)
		}
	}
}

var locationPermissions = []string{"android.permission.ACCESS_COARSE_LOCATION", "android.permission.ACCESS_FINE_LOCATION"}

// syncOpMode keeps a UID's op mode in step with its permissions
// (PermissionPolicyService): the most that any permission behind the op gives.
// Android 10 does so for location alone; later ones for all. Of the system's own
// UID, whose permissions nobody checks, no mode is touched.
func (h *PhoneHandset) syncOpMode(p *installed, user int, perm string) {
	sdk := h.persona.SDK
	name := modeOp(perm, sdk)
	if sdk < 29 || name == "" || p.uid == systemUID || sdk == 29 && name != "COARSE_LOCATION" {
		return
	}
	best := persona.ModeIgnore
	for _, r := range p.grants.requested {
		if !h.isRuntime(r) || modeOp(r, sdk) != name {
			continue
		}
		switch m := h.permissionMode(p, user, r, name); {
		case m == persona.ModeAllow:
			best = persona.ModeAllow
		case m == persona.ModeForeground && best == persona.ModeIgnore:
			best = persona.ModeForeground
		}
	}
	uid := user*100000 + p.uid
	if h.state.uidModes[uid] == nil {
		h.state.uidModes[uid] = map[string]persona.OpMode{}
	}
	if best == persona.ModeAllow {
		delete(h.state.uidModes[uid], name)
		return
	}
	h.state.uidModes[uid][name] = best
}

// modeOp is the op whose mode a permission decides, or "".
func modeOp(perm string, sdk int) string {
	i := persona.OpIndex(persona.OpOf(perm, sdk))
	if i < 0 {
		return ""
	}
	return persona.Ops[i].SwitchOf(sdk)
}

// permissionMode is what one permission gives of its op: ignore without it;
// foreground where only the background one is missing.
func (h *PhoneHandset) permissionMode(p *installed, user int, perm, name string) persona.OpMode {
	g := p.grants.runtimeOf(user, perm)
	switch {
	case g == nil || !g.granted:
		return persona.ModeIgnore
	case slices.Contains(locationPermissions, perm) && !p.holds(user, "android.permission.ACCESS_BACKGROUND_LOCATION"),
		h.persona.SDK >= 30 && (name == "CAMERA" || name == "RECORD_AUDIO"):
		return persona.ModeForeground
	}
	return persona.ModeAllow
}
