package fact

import "assay/harness/android"

// PowerAllow is a package that battery saving spares.
type PowerAllow struct {
	Package android.Package `json:"package"`
	List    string          `json:"list"` // system-excidle, system, system-removed, user: the words of cmd deviceidle whitelist
}

func (PowerAllow) Kind() string { return "power-allow-list" }

// DeviceAdmin is an administrator of the handset or of one user.
type DeviceAdmin struct {
	User      int             `json:"user"`
	Package   android.Package `json:"package"`
	Component string          `json:"admin"` // package/class
	UID       android.UID     `json:"uid"`   // NoUID where it is not printed
	Policies  []string        `json:"policies,omitempty"`
	Role      string          `json:"role"` // admin, device-owner, profile-owner
}

func (DeviceAdmin) Kind() string { return "device-admin" }

// AccessibilityService is an accessibility service: it may read each screen and
// press any button.
type AccessibilityService struct {
	User    int             `json:"user"`
	Package android.Package `json:"package,omitempty"`
	Service string          `json:"service,omitempty"` // package/class; empty where only a label is printed
	Label   string          `json:"label,omitempty"`
	State   string          `json:"state"` // installed, enabled, binding, bound, crashed
}

func (AccessibilityService) Kind() string { return "accessibility-service" }
