package device

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// CAStore reads which certificates the image trusts.
var CAStore = printout.Parser{
	Source: "ca-store",
	Parse:  parseCAStore,
	Needs: "ls -l of /system/etc/security/cacerts and /apex/com.android.conscrypt/cacerts below @@ dir PATH: " +
		"system/core toolbox/ls.c, Android 5; " +
		"external/toybox toys/posix/ls.c, 6 to 16; names after external/conscrypt TrustedCertificateStore.java; from source only",
}

// parseCAStore reads lists of files, whose names are HASH.INDEX:
//
//	-rw-r--r-- 1 root root 7195 2009-01-01 00:00 00673b5b.0     toybox
//	-rw-r--r-- root     root         7195 2009-01-01 00:00 00673b5b.0     toolbox
func parseCAStore(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	store := ""
	for l.Next() {
		t := bytes.TrimSpace(l.Text())
		switch {
		case len(t) == 0:
			l.Skip()
		case bytes.HasPrefix(t, []byte("@@ dir /")):
			store = string(t[len("@@ dir "):])
			l.Read()
		case store != "" && bytes.HasPrefix(t, []byte("total ")):
			l.Skip()
		case bytes.HasSuffix(t, []byte(android.NoSuchFile)):
			l.Skip() // releases before 10 have no APEX
		default:
			c, ok := certificateIn(t)
			if !ok || store == "" {
				l.Settle()
				continue
			}
			c.Store = store
			l.Read()
			emit(c, l.Span())
		}
	}
	return nil
}

func certificateIn(t []byte) (fact.CACertificate, bool) {
	words := bytes.Fields(t)
	if len(words) < 7 || words[0][0] != '-' {
		return fact.CACertificate{}, false
	}
	name := words[len(words)-1]
	hash, index, ok := bytes.Cut(name, []byte("."))
	_, err := strconv.ParseUint(string(hash), 16, 32)
	i, isIndex := printout.Number(index)
	size, isSize := printout.Number(words[len(words)-4])
	if !ok || err != nil || len(hash) != 8 || !isIndex || !isSize {
		return fact.CACertificate{}, false
	}
	return fact.CACertificate{SubjectHash: string(hash), Index: i, Size: size}, true
}
