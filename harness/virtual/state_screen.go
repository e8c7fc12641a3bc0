package virtual

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// screen is what the user would see.
type screen struct {
	awake, keyguard bool
	tasks           []*task // the last is on top; the launcher's has the id 1
	nextTask        int
	typed           string // into the focused field
	width, height   int
}

// task is one task of the recents list, with its activity and perhaps a dialog.
type task struct {
	id       int
	user     int
	pkg      string
	activity string // class in full
	token    string
	dialog   *dialog
}

// component is the task's activity as package/class in full.
func (t *task) component() string { return t.pkg + "/" + t.activity }

// dialog is a question for a permission, shown over the activity that asked.
type dialog struct {
	pkg, activity string // of the dialog itself
	asker         *installed
	permission    string
	group, words  string
	again         bool // it was answered once before
	ticked        bool // "don't ask again"
	answer        func(granted bool)
}

func (d *dialog) component() string { return d.pkg + "/" + d.activity }

// home is the launcher's task.
func (h *PhoneHandset) home() task {
	pkg := h.state.roles["android.app.role.HOME"]
	if pkg == "" {
		for _, p := range h.state.sortedPackages() {
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
	if p := h.state.find(pkg); p != nil && p.Launcher != "" {
		class = p.Launcher
	}
	return task{id: 1, pkg: pkg, activity: class, token: h.hash("token", pkg)}
}

// wake turns the screen on as it is after boot: at home, unlocked.
func (h *PhoneHandset) wake() {
	s := &h.state.screen
	home := h.home()
	*s = screen{awake: true, tasks: []*task{&home}, nextTask: 2 + int(h.number("task")%30), width: 1080, height: 2400}
	if h.persona.SDK < 28 {
		s.width, s.height = 720, 1280
	}
	if text := h.persona.Properties["ro.assay.screen"]; text != "" {
		if _, err := fmt.Sscanf(text, "%dx%d", &s.width, &s.height); err != nil {
			s.width, s.height = 1080, 2400
		}
	}
}

// top is the task on the screen.
func (s *screen) top() *task { return s.tasks[len(s.tasks)-1] }

// focus is the window that has the focus: package/class in full, or the name of
// a window of the system.
func (h *PhoneHandset) focus() string {
	s := &h.state.screen
	if s.keyguard || !s.awake {
		if h.persona.SDK < 30 {
			return "StatusBar"
		}
		return "NotificationShade"
	}
	if o := h.covering(); o != nil {
		return o.Name
	}
	if d := s.top().dialog; d != nil {
		return d.component()
	}
	return s.top().component()
}

// shown is how an activity came to the screen.
type shown struct {
	took  time.Duration // until it was drawn; 0: it was there
	state string        // COLD: its process was started; WARM: its activity was; HOT: it was only brought to the front
	there bool          // its task was
}

// show brings an activity to the screen, starting its process, and logs what
// Android logs.
func (h *PhoneHandset) show(p *installed, user int, activity, action string) shown {
	s := &h.state.screen
	if top := s.top(); top.pkg == p.Name && top.user == user && top.dialog == nil {
		return shown{there: true}
	}
	if p.Name == h.home().pkg && user == 0 {
		h.goHome()
		return shown{there: true}
	}
	h.hide(s.top())
	component := persona.ShortComponent(p.Name + "/" + activity)
	i := slices.IndexFunc(s.tasks, func(t *task) bool { return t.pkg == p.Name && t.user == user })
	running := h.state.processOf(p.Name, user) != nil
	var t *task
	if i >= 0 {
		t = s.tasks[i]
		s.tasks = append(slices.Delete(s.tasks, i, i+1), t)
	} else {
		t = &task{id: s.nextTask, user: user, pkg: p.Name, activity: activity, token: h.hash("token", p.Name, fmt.Sprint(s.nextTask))}
		s.nextTask++
		s.tasks = append(s.tasks, t)
		h.activityEvent("create_task", user, t.id)
		h.activityEvent("create_activity", user, h.number("activity", t.token), t.id, component, action, "NULL", "NULL", 268435456)
	}
	h.pass(11 * time.Millisecond)
	n := h.start(p, user, "activity", component)
	n.state = "top"
	h.activityEvent("restart_activity", user, h.number("activity", t.token), t.id, component)
	r := shown{there: i >= 0, state: "HOT", took: 70 * time.Millisecond}
	switch {
	case !running:
		r.state, r.took = "COLD", 220*time.Millisecond+time.Duration(h.number("drawn", p.Name)%400)*time.Millisecond
	case i < 0:
		r.state, r.took = "WARM", 110*time.Millisecond
	}
	h.pass(r.took)
	if h.state.processOf(p.Name, user) == nil { // it crashed
		return r
	}
	h.displayed(n, t, component, r.took)
	h.logUsage(usageResumed, p.Name, activity)
	if p.manner != nil && r.state != "HOT" { // the activity is new
		h.agenda().after(h.clock.Now().Add(20*time.Millisecond), n.pid, func() { h.play(p, n, p.manner.Launch, nil) })
	}
	return r
}

// displayed logs that an activity has been drawn.
func (h *PhoneHandset) displayed(n *proc, t *task, component string, took time.Duration) {
	sdk := h.persona.SDK
	reason := "LAUNCH_ACTIVITY"
	if sdk < 24 {
		h.activityEvent("on_resume_called", t.user, t.activity)
	} else if sdk < 30 {
		h.event("am_on_resume_called", t.user, t.activity, reason)
	} else {
		h.eventAs(n, "wm_on_resume_called", h.number("activity", t.token), t.activity, "RESUME_ACTIVITY")
	}
	tag, who := "ActivityManager", component
	if sdk >= 29 {
		tag = "ActivityTaskManager"
	}
	if sdk >= 34 {
		who += fmt.Sprintf(" for user %d", t.user)
	}
	h.logSystem("system", 'I', tag, "Displayed %s: +%s", who, strings.TrimPrefix(formatDuration(took), "+"))
	h.activityEvent("activity_launch_time", t.user, h.number("activity", t.token), component, took.Milliseconds(), took.Milliseconds())
}

// activityEvent logs an event that is am_ up to Android 10 and wm_ since.
func (h *PhoneHandset) activityEvent(name string, values ...any) {
	if h.persona.SDK >= 30 {
		h.event("wm_"+name, values...)
		return
	}
	h.event("am_"+name, values...)
}

// hide takes a task off the screen: its process is cached a little later, after
// what the specimen does then.
func (h *PhoneHandset) hide(t *task) {
	n := h.state.processOf(t.pkg, t.user)
	if n == nil {
		return
	}
	h.activityEvent("pause_activity", t.user, h.number("activity", t.token), persona.ShortComponent(t.component()))
	n.state = "cch"
	h.logUsage(usagePaused, t.pkg, t.activity)
	h.logUsage(usageStopped, t.pkg, t.activity)
	if p := h.state.find(t.pkg); p != nil && p.manner != nil && len(p.manner.Hidden) > 0 {
		h.inBackground(n, script(p.manner.Hidden).longest()+time.Second)
		h.play(p, n, p.manner.Hidden, nil)
	}
}

// goHome brings the launcher to the screen.
func (h *PhoneHandset) goHome() {
	s := &h.state.screen
	if len(s.tasks) == 1 || s.top().id == 1 {
		return
	}
	h.hide(s.top())
	i := slices.IndexFunc(s.tasks, func(t *task) bool { return t.id == 1 })
	home := s.tasks[i]
	s.tasks = append(slices.Delete(s.tasks, i, i+1), home)
	if n := h.state.processOf(home.pkg, 0); n != nil {
		n.state = "top"
	}
	h.logUsage(usageResumed, home.pkg, home.activity)
	h.activityEvent("resume_activity", 0, h.number("activity", home.token), home.id, persona.ShortComponent(home.component()))
}

// leaveScreen removes a package's tasks.
func (h *PhoneHandset) leaveScreen(pkg string) {
	s := &h.state.screen
	was := s.top()
	s.tasks = slices.DeleteFunc(s.tasks, func(t *task) bool { return t.pkg == pkg && t.id != 1 })
	if s.top() != was {
		h.resume(s.top())
	}
}

// resume makes the task that came to the top the foreground one.
func (h *PhoneHandset) resume(t *task) {
	if n := h.state.processOf(t.pkg, t.user); n != nil && h.state.screen.awake {
		n.state = "top"
	}
	h.logUsage(usageResumed, t.pkg, t.activity)
	h.activityEvent("resume_activity", t.user, h.number("activity", t.token), t.id, persona.ShortComponent(t.component()))
}

// back leaves a dialog, or the activity on top.
func (h *PhoneHandset) back() {
	s := &h.state.screen
	t := s.top()
	if h.uncover("") {
		return
	}
	if t.dialog != nil {
		if h.persona.SDK >= 30 { // older dialogs insist on an answer
			h.closeDialog(t, false)
		}
		return
	}
	if t.id == 1 {
		return
	}
	h.activityEvent("finish_activity", t.user, h.number("activity", t.token), t.id, persona.ShortComponent(t.component()), "app-request")
	h.hide(t)
	h.leaveScreen(t.pkg)
}

// power turns the screen on or off. A lock screen has no secret.
func (h *PhoneHandset) power(on bool) {
	s := &h.state.screen
	if s.awake == on {
		return
	}
	h.wakeUp()
	s.awake = on
	value, st, kind := 0, "bg", usageNonInteractive
	if on {
		value, st, kind = 1, "top", usageInteractive
	} else { // a lab's handsets have no lock screen, unless a setting gives one
		s.keyguard = h.state.settings["secure"]["lockscreen.disabled"] == "0"
	}
	h.logUsage(kind, "android", "")
	h.event("screen_toggled", value)
	if n := h.state.processOf(s.top().pkg, s.top().user); n != nil {
		n.state = st
	}
}
