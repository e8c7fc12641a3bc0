package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysDevicePolicy reads who administers the handset, or a user of it.
var DumpsysDevicePolicy = printout.Parser{
	Source: "dumpsys-device-policy",
	Parse:  parseDevicePolicy,
	Needs: "services/devicepolicy com/android/server/devicepolicy/DevicePolicyManagerService.java dump, " +
		"ActiveAdmin.java, DevicePolicyData.java, " +
		"Owners.java and OwnersData.java, DeviceAdminServiceController.java, DevicePolicyEngine.java and " +
		"PersonalAppsSuspensionHelper.java dump; Android 5 to 16",
}

// policyDump reads dumpsys device_policy: owners first, then for each user the
// administrators that are active.
type policyDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	headed   bool
	section  policySection
	margin   bool // the heading of the section is not indented
	user     int
	admin    fact.DeviceAdmin
	first    evidence.Span
	last     evidence.Span
	open     bool
	policies bool // under policies:
}

type policySection int

const (
	unknownPolicy policySection = iota
	deviceOwner
	profileOwner
	enabledAdmins
	otherPolicy
)

func parseDevicePolicy(in printout.Input, emit printout.Emit) error {
	d := &policyDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := d.Text()
		body := bytes.TrimSpace(t)
		in := printout.Indent(t)
		if blank := len(body) == 0; (blank || in > 0) && (in <= 4 && d.section == enabledAdmins || in <= 2) {
			d.close()
		}
		switch {
		case len(body) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("Current Device Policy Manager state:")):
			d.close()
			d.headed = true
			d.Skip()
		case !d.headed:
			d.Settle()
		case in == 0, in <= 2 && (!d.margin || d.StrayBefore() != printout.NoStray):
			d.heading(body, in)
		default:
			d.line(body, in)
		}
	}
	if d.open {
		d.Cut("the dump ends within " + d.admin.Component)
	}
	return nil
}

// policyHeadings are the headings without interest. Some have lines below them.
var policyHeadings = []string{
	"Admin Policies size:", // DevicePolicyEngine, from Android 15; it leaves the margin behind it
	"Admin can grant sensors",
	"Constants:",
	"Current admin policy size limit: ",
	"DPM global setting ",
	"Default admin policy size limit: ",
	"Device policy cache",
	"Device policy engine",
	"Device state cache",
	"Encryption Status: ",
	"Factory reset ",
	"Global Policies:",
	"Immutable state:",
	"Keep profiles running: ",
	"Local Policies:",
	"Logout user: ",
	"Other overlayable app resources",
	"OverlayPackagesProvider",
	"Owner Services:", // DeviceAdminServiceController, where an owner has a service bound
	"Pending System Update: ",
	"PersonalAppsSuspensionHelper",
	"Stats:",
	"Subscription changed listener",
	"System Update Freeze",
	"System Update Policy: ",
	"User ",           // below Admin Policies size:
	"mActivePassword", // Android 4 and older
	"mFailedPasswordAttempts=",
	"mPasswordOwner=",
	"no pending user created callback tokens",
}

// tokensPending follows a number.
var tokensPending = []byte(" pending user created callback token")

// heading reads a line that is indented by two at most.
func (d *policyDump) heading(t []byte, in int) {
	s := policySectionOf(t)
	strays := s == unknownPolicy && in == 0 && d.SettleAtMargin()
	if strays && (d.section == deviceOwner || d.section == profileOwner || d.section == enabledAdmins) {
		return // their lines are deeper than a heading's
	}
	d.close()
	if d.section = s; !strays {
		d.margin = in == 0
	}
	switch s {
	case enabledAdmins:
		d.user = userIn(t)
		d.Skip()
	case deviceOwner:
		d.user = 0
		d.begin(fact.DeviceAdmin{Role: "device-owner"})
	case profileOwner:
		d.user = userIn(t)
		d.begin(fact.DeviceAdmin{Role: "profile-owner"})
	case otherPolicy:
		d.Skip()
	}
}

func policySectionOf(t []byte) policySection {
	switch {
	case bytes.HasPrefix(t, []byte("Enabled Device Admins")): // (User 0, …) from Android 5
		return enabledAdmins
	case bytes.HasPrefix(t, []byte("Device Owner:")):
		return deviceOwner
	case bytes.HasPrefix(t, []byte("Profile Owner (User ")):
		return profileOwner
	case printout.HasAnyPrefix(t, policyHeadings), bytes.Contains(t, tokensPending):
		return otherPolicy
	}
	return unknownPolicy
}

// userIn reads the user of a heading: (User 10 …). It is 0 where that cannot be read.
func userIn(t []byte) int {
	_, rest, _ := bytes.Cut(t, []byte("(User "))
	end := bytes.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return 0
	}
	n, _ := printout.Number(rest[:end])
	return n
}

func (d *policyDump) begin(a fact.DeviceAdmin) {
	a.User, a.UID = d.user, android.NoUID
	d.admin, d.open, d.policies = a, true, false
	d.first, d.last = d.Span(), d.Span()
	d.Read()
}

// line reads a line that is indented deeper than a heading.
func (d *policyDump) line(t []byte, in int) {
	switch d.section {
	case enabledAdmins:
		component, ok := bytes.CutSuffix(t, []byte(":"))
		if in == 4 && ok && bytes.IndexByte(component, '/') > 0 && bytes.IndexByte(component, ' ') < 0 {
			d.begin(fact.DeviceAdmin{Role: "admin"})
			d.name(component)
			return
		}
		if d.open {
			d.ofAdmin(t, in)
			return
		}
		d.Skip() // the user's own settings
	case deviceOwner, profileOwner:
		d.ofOwner(t)
	case otherPolicy:
		d.Skip()
	}
}

// ofAdmin reads a line of an active administrator (ActiveAdmin.dump): which policies it may
// set, but not what they are set to.
func (d *policyDump) ofAdmin(t []byte, in int) {
	d.last = d.Span()
	if uid, ok := bytes.CutPrefix(t, []byte("uid=")); ok && in == 6 {
		if id, err := android.ParseUID(string(uid)); err == nil {
			d.admin.UID = id
		}
		d.Read()
		return
	}
	switch {
	case in == 6:
		d.policies = string(t) == "policies:"
	case d.policies && in == 8 && len(d.admin.Policies) < 64:
		d.admin.Policies = append(d.admin.Policies, d.names.Of(t))
		d.Read()
		return
	}
	d.Skip()
}

// ofOwner reads a line of an owner: admin=ComponentInfo{package/class}, package=….
func (d *policyDump) ofOwner(t []byte) {
	d.last = d.Span()
	key, val, _ := bytes.Cut(t, []byte("="))
	switch string(key) {
	case "admin":
		d.name(bytes.TrimSuffix(bytes.TrimPrefix(val, []byte("ComponentInfo{")), []byte("}")))
		d.Read()
	case "package":
		d.admin.Package = android.Package(d.names.Of(val))
		d.Read()
	default:
		if user, ok := bytes.CutPrefix(t, []byte("User ID: ")); ok {
			d.admin.User, _ = printout.Number(user)
		}
		d.Skip()
	}
}

func (d *policyDump) name(component []byte) {
	d.admin.Component = d.names.Of(component)
	d.admin.Package = android.Package(d.names.Of(printout.PackageOf(component)))
}

// close emits the administrator whose lines have ended.
func (d *policyDump) close() {
	if d.open && d.admin.Package != "" {
		d.emit(d.admin, printout.JoinSpans(d.first, d.last))
	}
	d.open = false
}
