package virtual

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// overlay is a window in front of all tasks that none of them asked for.
type overlay struct {
	window  string // as dumpsys window names it: a component, or a title of Android's own
	pkg     string // whose views it shows
	app     string // that it is about; empty: none
	firm    bool   // BACK does not close it
	agrees  string // resource-id of what agrees, or changes something for good; empty: button1
	widgets []persona.Widget
}

const (
	dialogButton = "android.widget.Button"
	dialogTitle  = "android:id/alertTitle"

	positiveButton = "android:id/button1"
	negativeButton = "android:id/button2"

	// agreed is the setting in which a window that was agreed to leaves its name.
	agreed = "specimen_agreed_to"
)

// firmly is how a window is named that BACK does not close.
const firmly = "+firm"

// overlayNamed is the window that a fault names: update, sim, usb, oem and those in
// which the negative button does what nobody asked for, or a component; nil: there is
// none. Windows of Android are as AOSP has them, those of makers are of specimens or,
// where a button's place is what matters, as their published firmware has them.
func overlayNamed(what string) *overlay {
	if name, firm := strings.CutSuffix(what, firmly); firm {
		o := overlayNamed(name)
		if o != nil {
			o.firm = true
		}
		return o
	}
	ask := func(component, title, yes, no string) *overlay {
		pkg, _, _ := strings.Cut(component, "/")
		return &overlay{window: component, pkg: pkg, widgets: []persona.Widget{
			{ID: dialogTitle, Text: title},
			{ID: negativeButton, Class: dialogButton, Text: no},
			{ID: positiveButton, Class: dialogButton, Text: yes},
		}}
	}
	switch what {
	case "oem":
		return ask("specimen.offers/specimen.offers.OfferActivity", "New themes for you", "Agree", "Not now")
	case "battery": // MediaTek's: its negative button silences it for good
		o := ask("com.mediatek.batterywarning/com.mediatek.batterywarning.BatteryWarningActivity", "Charger over-voltage", "OK", "Cancel")
		o.agrees = negativeButton
		return o
	case "harmful": // HarmfulAppWarningActivity, from Android 9
		o := ask("android/com.android.internal.app.HarmfulAppWarningActivity", "Harmful app detected", "UNINSTALL", "OPEN ANYWAY")
		o.agrees = negativeButton
		return o
	case "install": // MIUI's: its negative button installs
		o := ask("com.miui.securitycenter/com.miui.permcenter.install.AdbInstallActivity", "Install via USB", "Cancel", "Continue installation")
		o.agrees = negativeButton
		return o
	case "sim":
		return ask("com.android.settings/com.android.settings.sim.SimDialogActivity", "Update preferred SIM card?", "Yes", "No")
	case "update":
		return ask("specimen.updater/specimen.updater.UpdateActivity", "System update available", "Install now", "Later")
	case "usb":
		return ask("com.android.settings/com.android.settings.deviceinfo.UsbModeChooserActivity", "Use USB to", "Transfer files", "Charge this device")
	}
	if pkg, class, ok := strings.Cut(longComponent(what), "/"); ok && pkg != "" && class != "" {
		return ask(pkg+"/"+class, "", "OK", "Cancel")
	}
	return nil
}

// cover puts a window in front of all.
func (h *Handset) cover(o overlay) {
	h.ills.overlays = append(h.ills.overlays, o)
}

// covering is the window in front of all, or nil.
func (h *Handset) covering() *overlay {
	if n := len(h.ills.overlays); n > 0 {
		return &h.ills.overlays[n-1]
	}
	return nil
}

// uncover takes the window in front away, by a button's id or with none by the
// key BACK, which some take and stay, and says whether there was one.
func (h *Handset) uncover(id string) bool {
	o := h.covering()
	if o == nil {
		return false
	}
	if id == "" && o.firm {
		return true
	}
	h.ills.overlays = h.ills.overlays[:len(h.ills.overlays)-1]
	if id == cmp.Or(o.agrees, positiveButton) {
		h.state.settings["system"][agreed] = o.window
	}
	if n := h.state.processOf(o.app, 0); n != nil && strings.HasPrefix(o.window, notResponding) && (id == "aerr_close" || id == "button1") {
		h.leaveScreen(o.app)
		h.kill(n, "user request after error")
	}
	return true
}

// behind takes the windows away that are activities: HOME leaves them standing behind
// the launcher, as it leaves any. Android's own stay in front.
func (h *Handset) behind() {
	h.ills.overlays = slices.DeleteFunc(h.ills.overlays, func(o overlay) bool { return strings.Contains(o.window, "/") })
}

// focusPackage is the package of the window that has the focus.
func (h *Handset) focusPackage() string {
	focus := h.focus()
	if o := h.covering(); o != nil && focus == o.window {
		return o.pkg
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
func (h *Handset) aboutApp(title, app, text string, ids ...string) overlay {
	o := overlay{window: title + app, pkg: "android", app: app}
	texts := map[string]string{"aerr_app_info": "App info", "aerr_close": "Close app", "aerr_restart": "Open app again", "aerr_wait": "Wait", "button1": "OK", "button2": "Wait"}
	o.widgets = []persona.Widget{{ID: "alertTitle", Text: text}}
	for _, id := range ids {
		o.widgets = append(o.widgets, persona.Widget{ID: id, Class: dialogButton, Text: texts[id]})
	}
	return o
}

// victim is the specimen that a fault of an app befalls: the one named, the one
// on the screen, one that runs, or any. It is nil where there is none: nothing
// is made up about a maker's app.
func (h *Handset) victim(name string) *installed {
	fits := func(p *installed) bool { return p != nil && (p.app != nil || p.Name == name) }
	for _, pkg := range []string{name, h.state.screen.top().pkg} {
		if p := h.state.find(pkg); fits(p) {
			return p
		}
	}
	all := h.state.sortedPackages()
	if i := slices.IndexFunc(all, func(p *installed) bool { return fits(p) && h.state.processOf(p.Name, 0) != nil }); i >= 0 {
		return all[i]
	}
	if i := slices.IndexFunc(all, fits); i >= 0 {
		return all[i]
	}
	return nil
}

func (p *installed) label() string {
	if p.app != nil {
		return p.app.Label
	}
	return p.Name
}

// showNotResponding logs that an app does not respond, and asks what is to be
// done with it (AppErrors, ProcessErrorStateRecord.appNotResponding).
func (h *Handset) showNotResponding(name string) {
	p := h.victim(name)
	if p == nil {
		return
	}
	n := h.start(p, 0, "service", p.Name+"/"+p.Name+".Worker")
	const why = "Input dispatching timed out (Waiting to send non-key event because the touched window has not finished processing certain input events that were delivered to it over 500.0ms ago.)"
	h.event("am_anr", 0, n.pid, p.Name, 952647238, why)
	buffer := "system"
	if h.persona.SDK < 23 {
		buffer = "main"
	}
	h.logSystem(buffer, 'E', "ActivityManager", "%s", fmt.Sprintf("ANR in %s\nPID: %d\nReason: %s\nLoad: 6.12 / 5.87 / 5.51", p.Name, n.pid, why))
	ids := []string{"aerr_close", "aerr_wait"}
	if h.persona.SDK < 24 {
		ids = []string{"button1", "button2"}
	}
	o := h.aboutApp(notResponding, p.Name, p.label()+" isn't responding", ids...)
	o.firm = true // setCancelable(false) on every release
	h.cover(o)
}

// showCrash has an app crash, and says so in front of all.
func (h *Handset) showCrash(name string) {
	p := h.victim(name)
	if p == nil {
		return
	}
	n := h.start(p, 0, "service", p.Name+"/"+p.Name+".Worker")
	h.crash(n, &persona.CrashAction{Exception: "java.lang.IllegalStateException", Message: "not attached to a context"})
	text, ids := p.label()+" has stopped", []string{"aerr_restart", "aerr_close"}
	switch sdk := h.persona.SDK; {
	case sdk < 24:
		text, ids = "Unfortunately, "+text+".", []string{"button1"}
	case sdk >= 28:
		ids = []string{"aerr_app_info", "aerr_close"}
	}
	o := h.aboutApp(hasCrashed, p.Name, text, ids...)
	o.firm = h.persona.SDK < 24 // cancelable since Android 7
	h.cover(o)
}

// question has a specimen ask for a permission that it lacks, whatever is on the
// screen. Before Android 6 nobody asks.
func (h *Handset) question(permission string) {
	t := h.state.screen.top()
	if h.persona.SDK < 23 || t.dialog != nil || !h.state.screen.awake {
		return
	}
	for _, p := range h.state.sortedPackages() {
		for _, wanted := range p.Requests {
			if p.app != nil && (permission == "" || wanted == persona.FullPermission(permission)) && h.mayAsk(p, wanted) {
				h.putQuestion(t, p, wanted)
				return
			}
		}
	}
}

// mayAsk says whether a package lacks a permission that a dialog can give it.
func (h *Handset) mayAsk(p *installed, permission string) bool {
	if !h.isRuntime(permission) || p.holds(0, permission) || strings.HasSuffix(permission, "_EXTERNAL_STORAGE") || permission == "android.permission.ACCESS_BACKGROUND_LOCATION" {
		return false
	}
	g := p.grants.runtimeOf(0, permission)
	return g == nil || g.flags&(persona.UserFixed|persona.SystemFixed|persona.PolicyFixed) == 0
}

// putQuestion shows the dialog over a task's activity.
func (h *Handset) putQuestion(t *task, p *installed, permission string) {
	pkg, class := h.grantActivity()
	group, words := persona.PermissionGroup(permission)
	t.dialog = &dialog{
		pkg: pkg, activity: class, asker: p, permission: permission, group: group, words: words,
		again: h.answeredBefore(p, 0, group), answer: func(bool) {},
	}
	component := shortComponent(pkg + "/" + class)
	if c := h.state.find(pkg); c != nil {
		h.start(c, 0, "activity", component).state = "top"
	}
	h.activityEvent("create_activity", 0, h.number("activity", "grant", permission), t.id, component,
		"android.content.pm.action.REQUEST_PERMISSIONS", "NULL", "NULL", 0)
}
