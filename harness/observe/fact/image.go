package fact

import "assay/harness/android"

// PrivappPermission is one entry of the lists by which an image grants
// privileged permissions to its own packages (etc/permissions/privapp-permissions*.xml).
type PrivappPermission struct {
	Package    android.Package    `json:"package"`
	Permission android.Permission `json:"permission"`
	List       string             `json:"list"` // privapp, oem
	Allowed    bool               `json:"allowed"`
}

func (PrivappPermission) Kind() string { return "privapp-permission" }

// ImagePermission is a permission that a file of the image gives to one of the image's packages,
// or denies it. Whether Android acts on it depends on the partition of the file, and on what the
// package asks for. Whether the package has the permission, a Grant says.
type ImagePermission struct {
	List       string             `json:"list"` // privapp, signature, oem: for the permissions of that sort; default: held from the first boot
	Package    android.Package    `json:"package"`
	Permission android.Permission `json:"permission"`
	Allowed    bool               `json:"allowed"`         // false for deny-permission
	Fixed      bool               `json:"fixed,omitempty"` // of default: the user cannot take it back
	File       string             `json:"file"`
}

func (ImagePermission) Kind() string { return "image-permission" }

// ImageExemption is a package that a file of the image frees from a limit that
// other apps have, or protects from its user.
type ImageExemption struct {
	List    string          `json:"list"` // the element: allow-in-power-save, hidden-api-whitelisted-app …
	Package android.Package `json:"package"`
	File    string          `json:"file"`
}

func (ImageExemption) Kind() string { return "image-exemption" }

// UIDPermission is a permission that a file of the image gives to a UID, not to a package.
type UIDPermission struct {
	Permission android.Permission `json:"permission"`
	UID        string             `json:"uidName"` // as the file names it: shell, media
	File       string             `json:"file"`
}

func (UIDPermission) Kind() string { return "uid-permission" }

// CACertificate is one certificate that the image trusts for everybody.
type CACertificate struct {
	Store       string `json:"store"`       // the folder
	SubjectHash string `json:"subjectHash"` // OpenSSL's old hash (MD5) of the subject, hexadecimal
	Index       int    `json:"index"`       // from 0, of subjects with one hash
	Size        int    `json:"size"`        // of the file, bytes
}

func (CACertificate) Kind() string { return "ca-certificate" }
