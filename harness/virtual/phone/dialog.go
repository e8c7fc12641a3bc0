package phone

import (
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// GrantActivity is the package and class of the permission dialog: the package
// installer's up to Android 9, the permission controller's since; Google's
// package where the image has that.
func (h *Handset) GrantActivity() (pkg, class string) {
	base := "com.android.packageinstaller"
	class = "com.android.packageinstaller.permission.ui.GrantPermissionsActivity"
	google := "com.google.android.packageinstaller"
	if h.persona.SDK >= 29 {
		base, google = "com.android.permissioncontroller", "com.google.android.permissioncontroller"
	}
	if h.persona.SDK >= 30 {
		class = "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"
	}
	if h.State.Package(base) == nil && h.State.Package(google) != nil {
		return google, class
	}
	return base, class
}

// ask puts a question for a permission to the user. answer is called when it is
// answered: at once where it is held, or refused for good; never where the asker
// is not on the screen.
func (h *Handset) ask(p *Package, n *Process, permission string, answer func(bool)) {
	user := n.UID / 100000
	permission = persona.FullPermission(permission)
	d, known := h.State.Permission(permission)
	if !known || !slices.Contains(p.Requests, permission) {
		answer(known && p.holds(user, permission))
		return
	}
	if h.persona.SDK >= 33 && strings.HasSuffix(permission, "_EXTERNAL_STORAGE") { // media permissions took their place
		answer(false)
		return
	}
	if p.holds(user, permission) || !h.IsRuntime(d.Name) {
		answer(p.holds(user, permission))
		return
	}
	g := p.Grants.RuntimeOf(user, permission)
	if g != nil && g.Flags&(persona.UserFixed|persona.SystemFixed|persona.PolicyFixed) != 0 {
		answer(false)
		return
	}
	t := h.State.Screen.Top()
	if t.Package != p.Name || t.Dialog != nil || !h.State.Screen.Awake {
		return
	}
	pkg, class := h.GrantActivity()
	group, words := persona.PermissionGroup(permission)
	t.Dialog = &Dialog{
		pkg: pkg, activity: class, asker: p, permission: permission, group: group, words: words,
		again: h.answeredBefore(p, user, group), answer: answer,
	}
	if c := h.State.Package(pkg); c != nil {
		h.Start(c, user, "activity", persona.ShortComponent(pkg+"/"+class)).state = "top"
	}
	h.activityEvent("create_activity", user, h.Number("activity", "grant", permission), t.ID, persona.ShortComponent(pkg+"/"+class),
		"android.content.pm.action.REQUEST_PERMISSIONS", "NULL", "NULL", 0)
}

// answeredBefore says whether a user has answered an app's question for a group
// before, as its permissions are marked (AppPermissionGroup.isUserSet, Android 6 to
// 10, LightAppPermGroup from 11): the dialog then offers not to be asked again. A
// grant or a revocation by the shell leaves the marks.
func (h *Handset) answeredBefore(p *Package, user int, group string) bool {
	return slices.ContainsFunc(p.Requests, func(r string) bool {
		g := p.Grants.RuntimeOf(user, r)
		of, _ := persona.PermissionGroup(r)
		return of == group && r != "android.permission.ACCESS_BACKGROUND_LOCATION" && g != nil && g.Flags&persona.UserSet != 0
	})
}

// button is one answer that a dialog offers.
type button struct{ id, text string }

// checkbox is the box "don't ask again", Android 6 to 9, from the second question
// on: ticked, a refusal is for good.
const checkbox = "do_not_ask_checkbox"

// buttons are a dialog's, by release and by what it asks for
// (PermissionController's GrantPermissionsActivity).
func (h *Handset) buttons(d *Dialog) []button {
	sdk := h.persona.SDK
	while := d.group == "LOCATION" || d.group == "CAMERA" || d.group == "MICROPHONE"
	deny := button{"permission_deny_button", "Deny"}
	if sdk >= 31 {
		deny.text = "Don’t allow"
	}
	if d.again && sdk >= 29 {
		deny = button{"permission_deny_and_dont_ask_again_button", deny.text + " & don’t ask again"}
		if sdk >= 31 {
			deny.text = "Don’t allow"
		}
	}
	switch {
	case sdk >= 30 && while:
		return []button{
			{"permission_allow_foreground_only_button", "While using the app"},
			{"permission_allow_one_time_button", "Only this time"}, deny,
		}
	case sdk == 29 && d.group == "LOCATION":
		found := []button{{"permission_allow_foreground_only_button", "Allow only while using the app"}, deny}
		if slices.Contains(d.asker.Requests, "android.permission.ACCESS_BACKGROUND_LOCATION") {
			found = slices.Insert(found, 0, button{"permission_allow_button", "Allow all the time"})
		}
		return found
	}
	return []button{{"permission_allow_button", "Allow"}, deny}
}

// Press gives the answer of a button of the dialog on top.
func (h *Handset) Press(id string) {
	t := h.State.Screen.Top()
	d := t.Dialog
	if d == nil {
		return
	}
	set, clear := persona.UserSet, persona.UserFixed
	switch id {
	case "permission_allow_button", "permission_allow_always_button":
		h.answerGroup(t, true, set, clear|persona.OneTime|persona.ReviewRequired)
		if d.group == "LOCATION" && h.persona.SDK == 29 {
			h.grantRequested(t, []string{"android.permission.ACCESS_BACKGROUND_LOCATION"}, true, set, clear)
		}
	case "permission_allow_foreground_only_button":
		h.answerGroup(t, true, set, clear|persona.OneTime)
	case "permission_allow_one_time_button":
		h.answerGroup(t, true, persona.OneTime, persona.UserSet|persona.UserFixed)
	case "permission_deny_and_dont_ask_again_button":
		h.answerGroup(t, false, persona.UserSet|persona.UserFixed, persona.OneTime)
	case "permission_deny_button":
		if d.ticked {
			set, clear = set|persona.UserFixed, 0
		}
		h.answerGroup(t, false, set, clear|persona.OneTime)
	case checkbox:
		d.ticked = !d.ticked
		return
	default:
		return
	}
	granted := strings.HasPrefix(id, "permission_allow")
	h.Event("sysui_multi_action", 757, 803, 758, 4, 806, d.asker.Name, 793, Bit(granted))
	h.closeDialog(t, granted)
}

// answerGroup grants or refuses all that the asker requests of the dialog's group.
func (h *Handset) answerGroup(t *Task, granted bool, set, clear persona.Flags) {
	var names []string
	for _, r := range t.Dialog.asker.Requests {
		if g, _ := persona.PermissionGroup(r); g != t.Dialog.group || r == "android.permission.ACCESS_BACKGROUND_LOCATION" {
			continue
		}
		// Android 8 and later grant only what was asked for; a group is refused as one
		if granted && h.persona.SDK >= 26 && r != t.Dialog.permission && !coarseOf(r, t.Dialog.permission) {
			continue
		}
		names = append(names, r)
	}
	h.grantRequested(t, names, granted, set, clear)
}

// coarseOf says whether r comes with the asked one: the coarse location with the
// fine one.
func coarseOf(r, asked string) bool {
	return r == "android.permission.ACCESS_COARSE_LOCATION" && asked == "android.permission.ACCESS_FINE_LOCATION"
}

func (h *Handset) grantRequested(t *Task, names []string, granted bool, set, clear persona.Flags) {
	p := t.Dialog.asker
	for _, name := range names {
		if h.IsRuntime(name) && slices.Contains(p.Requests, name) {
			h.SetRuntime(p, t.User, name, GrantChange{granted, set, clear})
		}
	}
}

// closeDialog takes the dialog away and lets its asker go on.
func (h *Handset) closeDialog(t *Task, granted bool) {
	d := t.Dialog
	t.Dialog = nil
	if n := h.State.ProcessOf(d.pkg, t.User); n != nil {
		n.state = "cch"
	}
	h.activityEvent("finish_activity", t.User, h.Number("activity", "grant", d.permission), t.ID, persona.ShortComponent(d.Component()),
		"app-request")
	n := h.State.ProcessOf(d.asker.Name, t.User)
	if n != nil {
		h.agenda().after(h.Clock.Now(), n.PID, func() { d.answer(granted) })
	}
}
