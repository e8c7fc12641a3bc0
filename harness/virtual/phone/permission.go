package phone

import (
	"cmp"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// Permission is one permission that a package of the handset defines.
type Permission struct {
	Name, Package, Protection string
	UID                       int
}

// Permission finds who defines a permission.
func (s *State) Permission(permission string) (Permission, bool) {
	i, ok := slices.BinarySearchFunc(s.Permissions, permission, func(d Permission, n string) int { return cmp.Compare(d.Name, n) })
	if !ok {
		return Permission{}, false
	}
	return s.Permissions[i], true
}

// Grants are the permissions of a package or of a shared user.
type Grants struct {
	Requested []string
	Install   map[string]*Grant
	Runtime   map[int]map[string]*Grant // user -> permission
}

// Grant is one permission's state.
type Grant struct {
	Granted bool
	Flags   persona.Flags
}

// RuntimeOf is a user's runtime grant of a permission, or nil.
func (g *Grants) RuntimeOf(user int, permission string) *Grant { return g.Runtime[user][permission] }

// IsRuntime says whether a permission is the user's to give on this handset:
// before Android 6 none is.
func (h *Handset) IsRuntime(permission string) bool {
	if h.persona.SDK < 23 {
		return false
	}
	d, ok := h.State.Permission(permission)
	return ok && strings.HasPrefix(d.Protection, "dangerous")
}

// grantAtBoot grants a package what its manifest, signature and place on the
// image earn it at installation, and what the maker's defaults give.
func (h *Handset) grantAtBoot(p *Package) {
	p.Grants.Requested = append(p.Grants.Requested, p.Requests...)
	for _, perm := range p.Requests {
		switch {
		case h.IsRuntime(perm):
			h.addRuntime(p, perm)
		case h.grantedAtInstall(p, perm):
			p.Grants.Install[perm] = &Grant{Granted: true}
		}
	}
	for _, perm := range SortedKeys(p.Runtime) {
		h.grantByDefault(p, persona.FullPermission(perm), p.Runtime[perm])
	}
	for _, u := range h.UserIDs() {
		for perm := range p.Grants.Runtime[u] { // once all stand: one may decide another's mode
			h.syncOpMode(p, u, perm)
		}
	}
}

// addRuntime enters a runtime permission as not granted. Android 9 and older
// keep no entry for what was never granted nor flagged.
func (h *Handset) addRuntime(p *Package, perm string) {
	for _, u := range h.UserIDs() {
		if p.Grants.Runtime[u][perm] != nil {
			continue
		}
		var flags persona.Flags
		if h.persona.SDK >= 29 {
			if !p.IsSystem || p.Launcher != "" {
				flags |= persona.UserSensitiveWhenGranted | persona.UserSensitiveWhenDenied
			}
			if persona.Restricted(perm) && p.IsSystem {
				flags |= persona.RestrictionSystemExempt | persona.RestrictionUpgradeExempt
			}
		}
		p.Grants.Runtime[u][perm] = &Grant{Flags: flags}
	}
}

// grantByDefault grants a runtime permission with flags, as the maker's first
// boot does; before Android 6 it is granted at installation like any other.
func (h *Handset) grantByDefault(p *Package, perm string, names []string) {
	if h.persona.SDK < 23 {
		if persona.Protection(perm, h.persona.SDK) != "" {
			p.Grants.Install[perm] = &Grant{Granted: true}
		}
		return
	}
	if _, known := h.State.Permission(perm); !known {
		return
	}
	if !h.IsRuntime(perm) {
		p.Grants.Install[perm] = &Grant{Granted: true}
		return
	}
	flags := persona.ParseFlags(names)
	for _, u := range h.UserIDs() {
		if !p.Users[u].Installed {
			continue
		}
		g := p.Grants.Runtime[u][perm]
		if g == nil {
			g = &Grant{}
			p.Grants.Runtime[u][perm] = g
		}
		g.Granted = true
		g.Flags |= flags
	}
}

// grantedAtInstall says whether a permission that is not a runtime one is
// granted (PermissionManagerService.grantSignaturePermission and around).
func (h *Handset) grantedAtInstall(p *Package, perm string) bool {
	d, ok := h.State.Permission(perm)
	if !ok {
		return false
	}
	base, extra, _ := strings.Cut(d.Protection, "|")
	switch base {
	case "normal":
		return true
	case "dangerous": // Android 5
		return true
	case "signature", "signatureOrSystem":
	default: // internal: roles give it
		return false
	}
	if h.sameSigner(p, d.Package) {
		return true
	}
	words := strings.Split(extra, "|")
	privileged := base == "signatureOrSystem" || slices.Contains(words, "privileged") || slices.Contains(words, "system")
	if !privileged || !p.IsPrivileged {
		return false
	}
	if h.persona.SDK < 26 { // allow-lists of privileged permissions came with Android 8
		return true
	}
	return slices.ContainsFunc(p.Privileged, func(name string) bool { return persona.FullPermission(name) == perm })
}

// sameSigner says whether a package carries the signature of another.
func (h *Handset) sameSigner(p *Package, other string) bool {
	o := h.State.Package(other)
	return p.Name == other || o != nil && p.SignedBy() == o.SignedBy()
}

// GrantChange is what becomes of a runtime permission.
type GrantChange struct {
	Granted    bool
	Set, Clear persona.Flags
}

// SetRuntime grants or revokes a runtime permission, for a user, and sets flags.
func (h *Handset) SetRuntime(p *Package, user int, perm string, to GrantChange) {
	g := p.Grants.Runtime[user][perm]
	if g == nil {
		g = &Grant{}
		p.Grants.Runtime[user][perm] = g
	}
	g.Granted = to.Granted
	g.Flags = g.Flags&^to.Clear | to.Set
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
func (h *Handset) syncOpMode(p *Package, user int, perm string) {
	sdk := h.persona.SDK
	name := modeOp(perm, sdk)
	if sdk < 29 || name == "" || p.AppID == SystemUID || sdk == 29 && name != "COARSE_LOCATION" {
		return
	}
	best := persona.ModeIgnore
	for _, r := range p.Grants.Requested {
		if !h.IsRuntime(r) || modeOp(r, sdk) != name {
			continue
		}
		switch m := h.permissionMode(p, user, r, name); {
		case m == persona.ModeAllow:
			best = persona.ModeAllow
		case m == persona.ModeForeground && best == persona.ModeIgnore:
			best = persona.ModeForeground
		}
	}
	uid := user*100000 + p.AppID
	if h.State.UIDModes[uid] == nil {
		h.State.UIDModes[uid] = map[string]persona.OpMode{}
	}
	if best == persona.ModeAllow {
		delete(h.State.UIDModes[uid], name)
		return
	}
	h.State.UIDModes[uid][name] = best
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
func (h *Handset) permissionMode(p *Package, user int, perm, name string) persona.OpMode {
	g := p.Grants.RuntimeOf(user, perm)
	switch {
	case g == nil || !g.Granted:
		return persona.ModeIgnore
	case slices.Contains(locationPermissions, perm) && !p.holds(user, "android.permission.ACCESS_BACKGROUND_LOCATION"),
		h.persona.SDK >= 30 && (name == "CAMERA" || name == "RECORD_AUDIO"):
		return persona.ModeForeground
	}
	return persona.ModeAllow
}
