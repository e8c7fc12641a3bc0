package fact

import "assay/harness/android"

// Signer is a certificate that signs a package. Unlike the short hash of
// dumpsys package it identifies the signer.
type Signer struct {
	Package android.Package `json:"package"`
	SHA256  string          `json:"certSha256"` // of the certificate, hexadecimal, capitals
	Past    bool            `json:"past"`       // signed earlier versions only: the key was rotated
}

func (Signer) Kind() string { return "signer" }

// ContentDigest is the digest of an APK that its signing scheme signs: the same for the same
// content, wherever it is installed.
type ContentDigest struct {
	Package     android.Package `json:"package"`
	VersionCode string          `json:"versionCode"`
	Algorithm   string          `json:"contentDigestAlgorithm"` // CHUNKED_SHA256, CHUNKED_SHA512, VERITY_CHUNKED_SHA256, SHA256
	Digest      string          `json:"contentDigest"`          // hexadecimal, capitals
}

func (ContentDigest) Kind() string { return "content-digest" }
