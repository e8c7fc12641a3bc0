package virtual

import (
	"fmt"
	"io"
	"strings"

	"assay/harness/virtual/persona"
)

// dumpServices prints dumpsys activity services (ActiveServices.ServiceDumper,
// ServiceRecord.dump): services that specimens have started, and those that jobs
// are bound to while they run.
func (h *PhoneHandset) dumpServices(w io.Writer) {
	now := h.Now()
	fmt.Fprintln(w, "ACTIVITY MANAGER SERVICES (dumpsys activity services)")
	all := append([]*startedService(nil), h.state.services...)
	var bound []*startedService
	for _, r := range h.jobRuns() {
		if r.to.After(now) {
			bound = append(bound, &startedService{p: r.of.p, class: r.of.p.Name + ".RefreshJob", pid: r.pid, created: r.from})
		}
	}
	if len(all)+len(bound) == 0 {
		fmt.Fprintln(w, "  (nothing)")
		return
	}
	fmt.Fprintln(w, "  User 0 active services:")
	for i, s := range append(all, bound...) {
		if i > 0 {
			fmt.Fprintln(w)
		}
		h.serviceRecord(w, s, i >= len(all))
	}
	if len(bound) > 0 {
		fmt.Fprint(w, "\n  Connection bindings to services:\n")
		for _, s := range bound {
			short := persona.ShortComponent(s.component())
			fmt.Fprintf(w, "  * %s\n    binding=AppBindRecord{%s %s:system}\n    conn=android.app.LoadedApk$ServiceDispatcher$InnerConnection@%s flags=0x%x\n",
				h.connection(s), h.hash("binding", short), short, h.hash("conn", short), 0x80000005)
		}
	}
	h.foregroundApps(w)
}

// connection names the binding of a job's service.
func (h *PhoneHandset) connection(s *startedService) string {
	short, flags := persona.ShortComponent(s.component()), ""
	if h.SDK() >= 34 {
		flags = " flags=0x80000005"
	}
	return fmt.Sprintf("ConnectionRecord{%s u0 CR %s:@%s%s}", h.hash("connection", short), short, h.hash("conn", short), flags)
}

// serviceRecord prints one service's block.
func (h *PhoneHandset) serviceRecord(w io.Writer, s *startedService, bound bool) {
	sdk, now := h.SDK(), h.Now()
	short := persona.ShortComponent(s.component())
	tail := ""
	if sdk >= 34 {
		tail = " c:" + s.p.Name
	}
	fmt.Fprintf(w, "  * ServiceRecord{%s u%d %s%s}\n    intent={cmp=%s}\n    packageName=%s\n    processName=%s\n", h.hash("service", short), s.user, short, tail, short, s.p.Name, s.p.Name)
	if bound {
		fmt.Fprintln(w, "    permission=android.permission.BIND_JOB_SERVICE")
	}
	dataDir := fmt.Sprintf("/data/user/%d/%s", s.user, s.p.Name)
	if sdk < 24 {
		dataDir = "/data/data/" + s.p.Name
	}
	fmt.Fprintf(w, "    baseDir=%s\n    dataDir=%s\n    app=%s\n", s.p.apkPath(), dataDir, h.processRecord(s.pid, s.p, s.user))
	if sdk >= 30 && !bound {
		h.whyForeground(w, s)
	}
	if s.foreground {
		fmt.Fprintf(w, "    isForeground=true foregroundId=7%s foregroundNoti=Notification(%sflags=0x62 color=0x00000000 vis=PRIVATE)\n", typesOf(sdk), channelOf(sdk))
	}
	age := formatDuration(s.created.Sub(now))
	fmt.Fprintf(w, "    createTime=%s startingBgTimeout=--\n    lastActivity=%s restartTime=%s createdFromFg=%t\n", age, age, age, !bound)
	if !bound {
		fmt.Fprint(w, "    startRequested=true delayedStop=false stopIfKilled=false callStart=true lastStartId=1\n")
		if sdk >= 34 {
			fmt.Fprint(w, " startCommandResult=1\n")
		}
		return
	}
	fmt.Fprintf(w, "    Bindings:\n    * IntentBindRecord{%s CREATE}:\n      intent={cmp=%s}\n      binder=android.os.BinderProxy@%s\n      requested=true received=true hasBound=true doRebind=false\n"+
		"      * Client AppBindRecord{%s ProcessRecord{%s %d:system/1000}}\n        Per-process Connections:\n          %s\n    All Connections:\n      %s\n",
		h.hash("bind", short), short, h.hash("binder", short), h.hash("binding", short), h.hash("process", fmt.Sprint(h.systemServer())), h.systemServer(), h.connection(s), h.connection(s))
}

func (h *PhoneHandset) processRecord(pid int, p *installed, user int) string {
	return fmt.Sprintf("ProcessRecord{%s %d:%s/%s}", h.hash("process", fmt.Sprint(pid)), pid, p.Name, formatUID(user*100000+p.uid))
}

// whyForeground prints why Android let a service start, from 11 on.
func (h *PhoneHandset) whyForeground(w io.Writer, s *startedService) {
	sdk, uid := h.SDK(), s.user*100000+s.p.uid
	if sdk < 34 {
		fmt.Fprint(w, "    allowWhileInUsePermissionInFgs=true\n")
	} else {
		fmt.Fprint(w, "    mAllowWhileInUsePermissionInFgsReason=PROC_STATE_TOP\n    allowUiJobScheduling=true\n")
	}
	fmt.Fprintf(w, "    recentCallingPackage=%s\n", s.p.Name)
	if sdk < 31 {
		return
	}
	fmt.Fprintf(w, "    recentCallingUid=%d\n    allowStartForeground=PROC_STATE_TOP\n    startForegroundCount=%d\n    infoAllowStartForeground=[callingPackage: %s; callingUid: %d; uidState: TOP ; intent: Intent { cmp=%s }; code:PROC_STATE_TOP; tempAllowListReason:<null>; targetSdkVersion:%d; callerTargetSdkVersion:%d; startForegroundCount:0; bindFromPackage:null]\n",
		uid, boolInt(s.foreground), s.p.Name, uid, persona.ShortComponent(s.component()), s.p.Target, s.p.Target)
}

// typesOf is what a service says that it is for, here the microphone, from
// Android 14 on.
func typesOf(sdk int) string {
	if sdk < 34 {
		return ""
	}
	return " types=0x00000080"
}

func channelOf(sdk int) string {
	switch {
	case sdk < 24:
		return "pri=0 contentView=null vibrate=null sound=null defaults=0x0 "
	case sdk < 26:
		return "pri=0 contentView=null vibrate=null sound=null tick defaults=0x0 "
	}
	return "channel=specimen shortcut=null contentView=null vibrate=null sound=null defaults=0x0 "
}

// foregroundApps prints which apps show that they run, Android 8 and later.
func (h *PhoneHandset) foregroundApps(w io.Writer) {
	if h.SDK() < 26 {
		fmt.Fprintln(w)
		return
	}
	n := 0
	for _, s := range h.state.services {
		if !s.foreground {
			continue
		}
		if n == 0 {
			fmt.Fprint(w, "\nActive foreground apps - user 0:\n")
		}
		age := formatDuration(s.created.Sub(h.Now()))
		top := strings.Compare(h.state.screen.top().pkg, s.p.Name) == 0
		fmt.Fprintf(w, "  #%d: %s\n    mNumActive=1 mAppOnTop=%t mShownWhileTop=true mShownWhileScreenOn=%t\n    mStartTime=%s mStartVisibleTime=%s\n", n, s.p.Name, top, h.state.screen.awake, age, age)
		n++
	}
	fmt.Fprintln(w)
}
