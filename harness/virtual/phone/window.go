package phone

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// cover puts a window in front of all.
func (h *Handset) cover(o fault.Window) {
	h.effects.windows = append(h.effects.windows, o)
}

// TopWindow is the window in front of all, or nil.
func (h *Handset) TopWindow() *fault.Window {
	if n := len(h.effects.windows); n > 0 {
		return &h.effects.windows[n-1]
	}
	return nil
}

// CloseWindow takes the window in front away, by a button's id or with none by the
// key BACK, which some take and stay, and says whether there was one.
func (h *Handset) CloseWindow(id string) bool {
	o := h.TopWindow()
	if o == nil {
		return false
	}
	if id == "" && o.Firm {
		return true
	}
	h.effects.windows = h.effects.windows[:len(h.effects.windows)-1]
	if id == cmp.Or(o.Agrees, fault.PositiveButton) {
		h.State.Settings["system"][fault.Agreed] = o.Name
	}
	if n := h.State.ProcessOf(o.App, 0); n != nil && strings.HasPrefix(o.Name, notResponding) && (id == "aerr_close" || id == "button1") {
		h.LeaveScreen(o.App)
		h.Kill(n, "user request after error")
	}
	return true
}

// LeaveWindows takes the windows away that are activities: HOME leaves them standing behind
// the launcher, as it leaves any. Android's own stay in front.
func (h *Handset) LeaveWindows() {
	h.effects.windows = slices.DeleteFunc(h.effects.windows, func(o fault.Window) bool { return strings.Contains(o.Name, "/") })
}

// FocusPackage is the package of the window that has the focus.
func (h *Handset) FocusPackage() string {
	focus := h.Focus()
	if o := h.TopWindow(); o != nil && focus == o.Name {
		return o.Package
	}
	pkg, _, _ := strings.Cut(focus, "/")
	return pkg
}

// What Android's own windows about an app are called (AppNotRespondingDialog,
// AppErrorDialog).
const (
	notResponding = "Application Not Responding: "
	hasCrashed    = "Application Error: "
)

// aboutApp is a window of Android about an app: its text, and its buttons by
// release. Android 7 gave them ids of their own.
func (h *Handset) aboutApp(title, app, text string, ids ...string) fault.Window {
	o := fault.Window{Name: title + app, Package: "android", App: app}
	texts := map[string]string{"aerr_app_info": "App info", "aerr_close": "Close app", "aerr_restart": "Open app again", "aerr_wait": "Wait",
		"button1": "OK", "button2": "Wait"}
	o.Widgets = []persona.Widget{{ID: "alertTitle", Text: text}}
	for _, id := range ids {
		o.Widgets = append(o.Widgets, persona.Widget{ID: id, Class: fault.DialogButton, Text: texts[id]})
	}
	return o
}

// victim is the specimen that a fault of an app befalls: the one named, the one
// on the screen, one that runs, or any. It is nil where there is none: nothing
// is made up about a maker's app.
func (h *Handset) victim(name string) *Package {
	fits := func(p *Package) bool { return p != nil && (p.App != nil || p.Name == name) }
	for _, pkg := range []string{name, h.State.Screen.Top().Package} {
		if p := h.State.Package(pkg); fits(p) {
			return p
		}
	}
	all := h.State.SortedPackages()
	if i := slices.IndexFunc(all, func(p *Package) bool { return fits(p) && h.State.ProcessOf(p.Name, 0) != nil }); i >= 0 {
		return all[i]
	}
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

// showNotResponding logs that an app does not respond, and asks what is to be
// done with it (AppErrors, ProcessErrorStateRecord.appNotResponding).
func (h *Handset) showNotResponding(name string) {
	p := h.victim(name)
	if p == nil {
		return
	}
	n := h.Start(p, 0, "service", p.Name+"/"+p.Name+".Worker")
	const why = "Input dispatching timed out (Waiting to send non-key event because the touched window has not finished processing " +
		"certain input events that were delivered to it over 500.0ms ago.)"
	h.Event("am_anr", 0, n.PID, p.Name, 952647238, why)
	buffer := "system"
	if h.persona.SDK < 23 {
		buffer = "main"
	}
	h.LogSystem(buffer, 'E', "ActivityManager", "%s", fmt.Sprintf("ANR in %s\nPID: %d\nReason: %s\nLoad: 6.12 / 5.87 / 5.51", p.Name, n.PID,
		why))
	ids := []string{"aerr_close", "aerr_wait"}
	if h.persona.SDK < 24 {
		ids = []string{"button1", "button2"}
	}
	o := h.aboutApp(notResponding, p.Name, p.label()+" isn't responding", ids...)
	o.Firm = true // setCancelable(false) on every release
	h.cover(o)
}

// showCrash has an app crash, and says so in front of all.
func (h *Handset) showCrash(name string) {
	p := h.victim(name)
	if p == nil {
		return
	}
	n := h.Start(p, 0, "service", p.Name+"/"+p.Name+".Worker")
	h.Crash(n, &persona.CrashAction{Exception: "java.lang.IllegalStateException", Message: "not attached to a context"})
	text, ids := p.label()+" has stopped", []string{"aerr_restart", "aerr_close"}
	switch sdk := h.persona.SDK; {
	case sdk < 24:
		text, ids = "Unfortunately, "+text+".", []string{"button1"}
	case sdk >= 28:
		ids = []string{"aerr_app_info", "aerr_close"}
	}
	o := h.aboutApp(hasCrashed, p.Name, text, ids...)
	o.Firm = h.persona.SDK < 24 // cancelable since Android 7
	h.cover(o)
}

// question has a specimen ask for a permission that it lacks, whatever is on the
// screen. Before Android 6 nobody asks.
func (h *Handset) question(permission string) {
	t := h.State.Screen.Top()
	if h.persona.SDK < 23 || t.Dialog != nil || !h.State.Screen.Awake {
		return
	}
	for _, p := range h.State.SortedPackages() {
		for _, wanted := range p.Requests {
			if p.App != nil && (permission == "" || wanted == persona.FullPermission(permission)) && h.mayAsk(p, wanted) {
				h.putQuestion(t, p, wanted)
				return
			}
		}
	}
}

// mayAsk says whether a package lacks a permission that a dialog can give it.
func (h *Handset) mayAsk(p *Package, permission string) bool {
	if !h.IsRuntime(permission) || p.holds(0, permission) || strings.HasSuffix(permission, "_EXTERNAL_STORAGE") ||
		permission == "android.permission.ACCESS_BACKGROUND_LOCATION" {
		return false
	}
	g := p.Grants.RuntimeOf(0, permission)
	return g == nil || g.Flags&(persona.UserFixed|persona.SystemFixed|persona.PolicyFixed) == 0
}

// putQuestion shows the dialog over a task's activity.
func (h *Handset) putQuestion(t *Task, p *Package, permission string) {
	pkg, class := h.GrantActivity()
	group, words := persona.PermissionGroup(permission)
	t.Dialog = &Dialog{
		pkg: pkg, activity: class, asker: p, permission: permission, group: group, words: words,
		again: h.answeredBefore(p, 0, group), answer: func(bool) {},
	}
	component := persona.ShortComponent(pkg + "/" + class)
	if c := h.State.Package(pkg); c != nil {
		h.Start(c, 0, "activity", component).state = "top"
	}
	h.activityEvent("create_activity", 0, h.Number("activity", "grant", permission), t.ID, component,
		"android.content.pm.action.REQUEST_PERMISSIONS", "NULL", "NULL", 0)
}
