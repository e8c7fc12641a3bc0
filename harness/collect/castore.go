package collect

// caStore lists the certificate authorities that the image trusts for everybody;
// from Android 14 those of the APEX are in use (external/conscrypt
// TrustedCertificateStore). What users add is theirs, and not readable.
var caStore = Collector{
	Name: "ca-store",
	When: Baseline,
	Forms: []Form{{Script: `for d in /system/etc/security/cacerts /apex/com.android.conscrypt/cacerts; do ` +
		`echo "@@ dir $d"; ls -l "$d" 2>&1; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}
