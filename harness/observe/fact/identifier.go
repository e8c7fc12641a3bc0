package fact

import "assay/harness/android"

// Identifier is one of the handset's own identifiers.
type Identifier struct {
	Type  string `json:"type"` // imei, serial, android_id, mac, number, imsi, iccid
	Value string `json:"value"`
}

func (Identifier) Kind() string { return "identifier" }

// Account says how many accounts of a type a user has. Their names are never
// part of it.
type Account struct {
	User  int    `json:"user"`
	Type  string `json:"type"` // com.google …
	Count int    `json:"count"`
}

func (Account) Kind() string { return "account" }

// Authenticator is a package's service that makes accounts of a type.
type Authenticator struct {
	Type    string          `json:"type"`
	Package android.Package `json:"package"`
	UID     android.UID     `json:"uid"`
}

func (Authenticator) Kind() string { return "authenticator" }
