package command

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"assay/harness/virtual/disk"
)

// install is pm install [OPTIONS] FILE, and from Android 7 install -S SIZE with the
// package on stdin. What is no package is refused as Android refuses it. What is
// one is refused as on a handset whose owner does not let apps in over USB: nothing
// here could run it.
func (s *packageCommand) install() int {
	size, file := int64(-1), ""
	for len(s.args) > 0 {
		switch a := s.next(); {
		case a == "-S":
			size, _ = strconv.ParseInt(s.next(), 10, 64)
		case a == "-i" || a == "--user" || a == "--abi" ||
			a == "--originating-uri" || a == "--referrer" || a == "-p" || a == "--install-location" || a == "--pkg":
			s.next()
		case strings.HasPrefix(a, "-") && a != "-":
		default:
			file = a
		}
	}
	if size >= 0 {
		return s.refusePackage(io.LimitReader(s.call.Stdin, size), "base.apk")
	}
	switch {
	case file == "" && s.sdk < 28:
		fmt.Fprintln(s.call.Stderr, "Error: no package specified")
		return 1
	case file == "":
		fmt.Fprintln(s.call.Stderr, "Error: must either specify a package size or an APK file")
		return 1
	}
	if s.sdk < 24 {
		fmt.Fprintf(s.call.Stdout, "\tpkg: %s\n", file)
	}
	f, err := s.h.Disk().Open(disk.Absolute(s.call.Dir, file), os.O_RDONLY, 0)
	if err != nil {
		if s.sdk < 24 {
			return s.failure("INSTALL_FAILED_INVALID_URI", "")
		}
		fmt.Fprintf(s.call.Stderr, "Error: Unable to open file: %s\nConsider using a file under /data/local/tmp/\n", file)
		return s.exception("java.lang.IllegalArgumentException", "Error: Unable to open file: "+file)
	}
	defer f.Close()
	return s.refusePackage(f, file)
}

// refusePackage reads a package, and says why it is not installed.
func (s *packageCommand) refusePackage(in io.Reader, name string) int {
	head := make([]byte, 4)
	n, _ := io.ReadFull(in, head)
	io.Copy(io.Discard, in)
	if !bytes.Equal(head[:n], []byte("PK\x03\x04")) {
		return s.failure("INSTALL_PARSE_FAILED_NOT_APK", "Failed to parse "+name)
	}
	return s.failure("INSTALL_FAILED_USER_RESTRICTED", "Install canceled by user")
}

// failure prints why nothing was installed: from Android 6 with the reason in words.
func (s *packageCommand) failure(code, reason string) int {
	if s.sdk >= 23 && reason != "" {
		code += ": " + reason
	}
	fmt.Fprintf(s.call.Stdout, "Failure [%s]\n", code)
	return 1
}

// installCreate is the first step of a session, which is refused at once.
func (s *packageCommand) installCreate() int {
	return s.failure("INSTALL_FAILED_USER_RESTRICTED", "Install canceled by user")
}

// uninstall takes a package from a user, or from all; what is part of the image
// only from one. With -k the data would stay.
func (s *packageCommand) uninstall() int {
	user, every, name := 0, true, ""
	for len(s.args) > 0 {
		switch a := s.next(); {
		case a == "-k" || a == "--versionCode":
		case a == "--user":
			if word := s.next(); word != "all" {
				n, err := strconv.Atoi(word)
				user, every = n, err != nil && word != "current"
			}
		default:
			name = a
		}
	}
	p := s.h.State.Package(name)
	var users []int
	if p != nil {
		for id, u := range p.Users {
			if u.Installed && (every || id == user) {
				users = append(users, id)
			}
		}
	}
	switch {
	case name == "":
		fmt.Fprintln(s.call.Stderr, "Error: package name not specified")
		return 1
	case len(users) == 0 && !every && s.sdk >= 26:
		return s.failure(fmt.Sprintf("not installed for %d", user), "")
	case len(users) == 0 || every && p.IsSystem || p.Name == "android":
		return s.failure("DELETE_FAILED_INTERNAL_ERROR", "")
	}
	for _, id := range users {
		stop(s.h, p, id, "uninstall pkg")
		p.Users[id].Installed = false
	}
	fmt.Fprintln(s.call.Stdout, "Success")
	return 0
}
