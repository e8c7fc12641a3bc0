package dumpsys

import (
	"fmt"
	"io"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpServices prints dumpsys activity services (ActiveServices.ServiceDumper,
// ServiceRecord.dump): services that specimens have started, and those that jobs
// are bound to while they run.
func dumpServices(h *phone.Handset, w io.Writer) {
	now := h.Now()
	fmt.Fprintln(w, "ACTIVITY MANAGER SERVICES (dumpsys activity services)")
	all := append([]*phone.Service(nil), h.State.Services...)
	var bound []*phone.Service
	for _, r := range jobRuns(h) {
		if r.To.After(now) {
			bound = append(bound, &phone.Service{Package: r.Chore.Package, Class: r.Chore.Package.Name + ".RefreshJob", PID: r.PID, Created: r.From})
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
		serviceRecord(h, w, s, i >= len(all))
	}
	if len(bound) > 0 {
		fmt.Fprint(w, "\n  Connection bindings to services:\n")
		for _, s := range bound {
			short := persona.ShortComponent(s.Component())
			fmt.Fprintf(w, "  * %s\n    binding=AppBindRecord{%s %s:system}\n"+
				"    conn=android.app.LoadedApk$ServiceDispatcher$InnerConnection@%s flags=0x%x\n",
				connection(h, s), h.Hash("binding", short), short, h.Hash("conn", short), 0x80000005)
		}
	}
	foregroundApps(h, w)
}

// connection names the binding of a job's service.
func connection(h *phone.Handset, s *phone.Service) string {
	short, flags := persona.ShortComponent(s.Component()), ""
	if h.SDK() >= 34 {
		flags = " flags=0x80000005"
	}
	return fmt.Sprintf("ConnectionRecord{%s u0 CR %s:@%s%s}", h.Hash("connection", short), short, h.Hash("conn", short), flags)
}

// serviceRecord prints one service's block.
func serviceRecord(h *phone.Handset, w io.Writer, s *phone.Service, bound bool) {
	sdk, now := h.SDK(), h.Now()
	short := persona.ShortComponent(s.Component())
	tail := ""
	if sdk >= 34 {
		tail = " c:" + s.Package.Name
	}
	fmt.Fprintf(w, "  * ServiceRecord{%s u%d %s%s}\n    intent={cmp=%s}\n    packageName=%s\n"+
		"    processName=%s\n", h.Hash("service", short), s.User, short, tail, short, s.Package.Name, s.Package.Name)
	if bound {
		fmt.Fprintln(w, "    permission=android.permission.BIND_JOB_SERVICE")
	}
	dataDir := fmt.Sprintf("/data/user/%d/%s", s.User, s.Package.Name)
	if sdk < 24 {
		dataDir = "/data/data/" + s.Package.Name
	}
	fmt.Fprintf(w, "    baseDir=%s\n    dataDir=%s\n    app=%s\n", s.Package.APKPath(), dataDir, processRecord(h, s.PID, s.Package, s.User))
	if sdk >= 30 && !bound {
		whyForeground(h, w, s)
	}
	if s.Foreground {
		fmt.Fprintf(w, "    isForeground=true foregroundId=7%s foregroundNoti=Notification(%sflags=0x62 color=0x00000000 "+
			"vis=PRIVATE)\n", typesOf(sdk), channelOf(sdk))
	}
	age := phone.FormatDuration(s.Created.Sub(now))
	fmt.Fprintf(w, "    createTime=%s startingBgTimeout=--\n    lastActivity=%s restartTime=%s createdFromFg=%t\n", age, age, age, !bound)
	if !bound {
		fmt.Fprint(w, "    startRequested=true delayedStop=false stopIfKilled=false callStart=true lastStartId=1\n")
		if sdk >= 34 {
			fmt.Fprint(w, " startCommandResult=1\n")
		}
		return
	}
	fmt.Fprintf(w, "    Bindings:\n    * IntentBindRecord{%s CREATE}:\n      intent={cmp=%s}\n      binder=android.os.BinderProxy@%s\n"+
		"      requested=true received=true hasBound=true doRebind=false\n"+
		"      * Client AppBindRecord{%s ProcessRecord{%s %d:system/1000}}\n        Per-process Connections:\n          %s\n"+
		"    All Connections:\n      %s\n",
		h.Hash("bind", short), short, h.Hash("binder", short), h.Hash("binding", short), h.Hash("process", fmt.Sprint(h.SystemServerPID())),
		h.SystemServerPID(), connection(h, s), connection(h, s))
}

func processRecord(h *phone.Handset, pid int, p *phone.Package, user int) string {
	return fmt.Sprintf("ProcessRecord{%s %d:%s/%s}", h.Hash("process", fmt.Sprint(pid)), pid, p.Name, phone.FormatUID(user*100000+p.AppID))
}

// whyForeground prints why Android let a service start, from 11 on.
func whyForeground(h *phone.Handset, w io.Writer, s *phone.Service) {
	sdk, uid := h.SDK(), s.User*100000+s.Package.AppID
	if sdk < 34 {
		fmt.Fprint(w, "    allowWhileInUsePermissionInFgs=true\n")
	} else {
		fmt.Fprint(w, "    mAllowWhileInUsePermissionInFgsReason=PROC_STATE_TOP\n    allowUiJobScheduling=true\n")
	}
	fmt.Fprintf(w, "    recentCallingPackage=%s\n", s.Package.Name)
	if sdk < 31 {
		return
	}
	fmt.Fprintf(w, "    recentCallingUid=%d\n    allowStartForeground=PROC_STATE_TOP\n    startForegroundCount=%d\n"+
		"    infoAllowStartForeground=[callingPackage: %s; callingUid: %d; uidState: TOP ; intent: Intent { cmp=%s }; code:PROC_STATE_TOP; "+
		"tempAllowListReason:<null>; targetSdkVersion:%d; callerTargetSdkVersion:%d; startForegroundCount:0; bindFromPackage:null]\n",
		uid, phone.Bit(s.Foreground), s.Package.Name, uid, persona.ShortComponent(s.Component()), s.Package.Target, s.Package.Target)
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
func foregroundApps(h *phone.Handset, w io.Writer) {
	if h.SDK() < 26 {
		fmt.Fprintln(w)
		return
	}
	n := 0
	for _, s := range h.State.Services {
		if !s.Foreground {
			continue
		}
		if n == 0 {
			fmt.Fprint(w, "\nActive foreground apps - user 0:\n")
		}
		age := phone.FormatDuration(s.Created.Sub(h.Now()))
		top := strings.Compare(h.State.Screen.Top().Package, s.Package.Name) == 0
		fmt.Fprintf(w, "  #%d: %s\n    mNumActive=1 mAppOnTop=%t mShownWhileTop=true mShownWhileScreenOn=%t\n"+
			"    mStartTime=%s mStartVisibleTime=%s\n", n, s.Package.Name, top, h.State.Screen.Awake, age, age)
		n++
	}
	fmt.Fprintln(w)
}
