package phone

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// Screen is what the user would see.
type Screen struct {
	Awake, Keyguard bool
	Tasks           []*Task // the last is on top; the launcher's has the id 1
	nextTask        int
	Typed           string // into the focused field
	Width, Height   int
}

// Task is one task of the recents list, with its activity and perhaps a dialog.
type Task struct {
	ID       int
	User     int
	Package  string
	activity string // class in full
	token    string
	Dialog   *Dialog
}

// Component is the task's activity as package/class in full.
func (t *Task) Component() string { return t.Package + "/" + t.activity }

// Dialog is a question for a permission, shown over the activity that asked.
type Dialog struct {
	pkg, activity string // of the dialog itself
	asker         *Package
	permission    string
	group, words  string
	again         bool // it was answered once before
	ticked        bool // "don't ask again"
	answer        func(granted bool)
}

// Component is the dialog's activity as package/class in full.
func (d *Dialog) Component() string { return d.pkg + "/" + d.activity }

// home is the launcher's task.
func (h *Handset) home() Task {
	pkg := h.State.Roles["android.app.role.HOME"]
	if pkg == "" {
		for _, p := range h.State.SortedPackages() {
			last := p.Name[strings.LastIndexByte(p.Name, '.')+1:]
			if strings.Contains(last, "launcher") || last == "home" || last == "trebuchet" {
				pkg = p.Name
				break
			}
		}
	}
	if pkg == "" {
		pkg = "com.android.launcher3"
	}
	class := pkg + ".Launcher"
	if p := h.State.Package(pkg); p != nil && p.Launcher != "" {
		class = p.Launcher
	}
	return Task{ID: 1, Package: pkg, activity: class, token: h.Hash("token", pkg)}
}

// wake turns the screen on as it is after boot: at home, unlocked.
func (h *Handset) wake() {
	s := &h.State.Screen
	home := h.home()
	*s = Screen{Awake: true, Tasks: []*Task{&home}, nextTask: 2 + int(h.Number("task")%30), Width: 1080, Height: 2400}
	if h.persona.SDK < 28 {
		s.Width, s.Height = 720, 1280
	}
	if text := h.persona.Properties["ro.assay.screen"]; text != "" {
		if _, err := fmt.Sscanf(text, "%dx%d", &s.Width, &s.Height); err != nil {
			s.Width, s.Height = 1080, 2400
		}
	}
}

// Top is the task on the screen.
func (s *Screen) Top() *Task { return s.Tasks[len(s.Tasks)-1] }

// Focus is the window that has the focus: package/class in full, or the name of
// a window of the system.
func (h *Handset) Focus() string {
	s := &h.State.Screen
	if s.Keyguard || !s.Awake {
		if h.persona.SDK < 30 {
			return "StatusBar"
		}
		return "NotificationShade"
	}
	if o := h.TopWindow(); o != nil {
		return o.Name
	}
	if d := s.Top().Dialog; d != nil {
		return d.Component()
	}
	return s.Top().Component()
}

// Launch is how an activity came to the screen.
type Launch struct {
	Took  time.Duration // until it was drawn; 0: it was there
	State string        // COLD: its process was started; WARM: its activity was; HOT: it was only brought to the front
	There bool          // its task was
}

// Show brings an activity to the screen, starting its process, and logs what
// Android logs.
func (h *Handset) Show(p *Package, user int, activity, action string) Launch {
	s := &h.State.Screen
	if top := s.Top(); top.Package == p.Name && top.User == user && top.Dialog == nil {
		return Launch{There: true}
	}
	if p.Name == h.home().Package && user == 0 {
		h.GoHome()
		return Launch{There: true}
	}
	h.hide(s.Top())
	component := persona.ShortComponent(p.Name + "/" + activity)
	i := slices.IndexFunc(s.Tasks, func(t *Task) bool { return t.Package == p.Name && t.User == user })
	running := h.State.ProcessOf(p.Name, user) != nil
	var t *Task
	if i >= 0 {
		t = s.Tasks[i]
		s.Tasks = append(slices.Delete(s.Tasks, i, i+1), t)
	} else {
		t = &Task{ID: s.nextTask, User: user, Package: p.Name, activity: activity, token: h.Hash("token", p.Name, fmt.Sprint(s.nextTask))}
		s.nextTask++
		s.Tasks = append(s.Tasks, t)
		h.activityEvent("create_task", user, t.ID)
		h.activityEvent("create_activity", user, h.Number("activity", t.token), t.ID, component, action, "NULL", "NULL", 268435456)
	}
	h.Pass(11 * time.Millisecond)
	n := h.Start(p, user, "activity", component)
	n.state = "top"
	h.activityEvent("restart_activity", user, h.Number("activity", t.token), t.ID, component)
	r := Launch{There: i >= 0, State: "HOT", Took: 70 * time.Millisecond}
	switch {
	case !running:
		r.State, r.Took = "COLD", 220*time.Millisecond+time.Duration(h.Number("drawn", p.Name)%400)*time.Millisecond
	case i < 0:
		r.State, r.Took = "WARM", 110*time.Millisecond
	}
	h.Pass(r.Took)
	if h.State.ProcessOf(p.Name, user) == nil { // it crashed
		return r
	}
	h.displayed(n, t, component, r.Took)
	h.logUsage(UsageResumed, p.Name, activity)
	if p.Manner != nil && r.State != "HOT" { // the activity is new
		h.agenda().after(h.Clock.Now().Add(20*time.Millisecond), n.PID, func() { h.Play(p, n, p.Manner.Launch, nil) })
	}
	return r
}

// displayed logs that an activity has been drawn.
func (h *Handset) displayed(n *Process, t *Task, component string, took time.Duration) {
	sdk := h.persona.SDK
	reason := "LAUNCH_ACTIVITY"
	if sdk < 24 {
		h.activityEvent("on_resume_called", t.User, t.activity)
	} else if sdk < 30 {
		h.Event("am_on_resume_called", t.User, t.activity, reason)
	} else {
		h.EventAs(n, "wm_on_resume_called", h.Number("activity", t.token), t.activity, "RESUME_ACTIVITY")
	}
	tag, who := "ActivityManager", component
	if sdk >= 29 {
		tag = "ActivityTaskManager"
	}
	if sdk >= 34 {
		who += fmt.Sprintf(" for user %d", t.User)
	}
	h.LogSystem("system", 'I', tag, "Displayed %s: +%s", who, strings.TrimPrefix(FormatDuration(took), "+"))
	h.activityEvent("activity_launch_time", t.User, h.Number("activity", t.token), component, took.Milliseconds(), took.Milliseconds())
}

// activityEvent logs an event that is am_ up to Android 10 and wm_ since.
func (h *Handset) activityEvent(name string, values ...any) {
	if h.persona.SDK >= 30 {
		h.Event("wm_"+name, values...)
		return
	}
	h.Event("am_"+name, values...)
}

// hide takes a task off the screen: its process is cached a little later, after
// what the specimen does then.
func (h *Handset) hide(t *Task) {
	n := h.State.ProcessOf(t.Package, t.User)
	if n == nil {
		return
	}
	h.activityEvent("pause_activity", t.User, h.Number("activity", t.token), persona.ShortComponent(t.Component()))
	n.state = "cch"
	h.logUsage(UsagePaused, t.Package, t.activity)
	h.logUsage(UsageStopped, t.Package, t.activity)
	if p := h.State.Package(t.Package); p != nil && p.Manner != nil && len(p.Manner.Hidden) > 0 {
		h.inBackground(n, script(p.Manner.Hidden).longest()+time.Second)
		h.Play(p, n, p.Manner.Hidden, nil)
	}
}

// GoHome brings the launcher to the screen.
func (h *Handset) GoHome() {
	s := &h.State.Screen
	if len(s.Tasks) == 1 || s.Top().ID == 1 {
		return
	}
	h.hide(s.Top())
	i := slices.IndexFunc(s.Tasks, func(t *Task) bool { return t.ID == 1 })
	home := s.Tasks[i]
	s.Tasks = append(slices.Delete(s.Tasks, i, i+1), home)
	if n := h.State.ProcessOf(home.Package, 0); n != nil {
		n.state = "top"
	}
	h.logUsage(UsageResumed, home.Package, home.activity)
	h.activityEvent("resume_activity", 0, h.Number("activity", home.token), home.ID, persona.ShortComponent(home.Component()))
}

// LeaveScreen removes a package's tasks.
func (h *Handset) LeaveScreen(pkg string) {
	s := &h.State.Screen
	was := s.Top()
	s.Tasks = slices.DeleteFunc(s.Tasks, func(t *Task) bool { return t.Package == pkg && t.ID != 1 })
	if s.Top() != was {
		h.resume(s.Top())
	}
}

// resume makes the task that came to the top the foreground one.
func (h *Handset) resume(t *Task) {
	if n := h.State.ProcessOf(t.Package, t.User); n != nil && h.State.Screen.Awake {
		n.state = "top"
	}
	h.logUsage(UsageResumed, t.Package, t.activity)
	h.activityEvent("resume_activity", t.User, h.Number("activity", t.token), t.ID, persona.ShortComponent(t.Component()))
}

// Back leaves a dialog, or the activity on top.
func (h *Handset) Back() {
	s := &h.State.Screen
	t := s.Top()
	if h.CloseWindow("") {
		return
	}
	if t.Dialog != nil {
		if h.persona.SDK >= 30 { // older dialogs insist on an answer
			h.closeDialog(t, false)
		}
		return
	}
	if t.ID == 1 {
		return
	}
	h.activityEvent("finish_activity", t.User, h.Number("activity", t.token), t.ID, persona.ShortComponent(t.Component()), "app-request")
	h.hide(t)
	h.LeaveScreen(t.Package)
}

// Power turns the screen on or off. A lock screen has no secret.
func (h *Handset) Power(on bool) {
	s := &h.State.Screen
	if s.Awake == on {
		return
	}
	h.wakeUp()
	s.Awake = on
	value, st, kind := 0, "bg", UsageNonInteractive
	if on {
		value, st, kind = 1, "top", UsageInteractive
	} else { // a lab's handsets have no lock screen, unless a setting gives one
		s.Keyguard = h.State.Settings["secure"]["lockscreen.disabled"] == "0"
	}
	h.logUsage(kind, "android", "")
	h.Event("screen_toggled", value)
	if n := h.State.ProcessOf(s.Top().Package, s.Top().User); n != nil {
		n.state = st
	}
}
