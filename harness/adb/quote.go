package adb

import "strings"

// Quote writes a command line for the handset's sh (mksh, or toybox's) that is
// split into exactly the words of argv, with nothing in them expanded. Its first
// word stays able to name a builtin: Quote("exec", "logcat") replaces the shell,
// so that closing the connection ends the command even while it is silent.
func Quote(argv ...string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = quoteWord(word, i == 0)
	}
	return strings.Join(words, " ")
}

func quoteWord(word string, first bool) string {
	if word != "" && strings.IndexFunc(word, meta) < 0 && !(first && special(word)) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// meta says whether sh may see more in a character than itself.
func meta(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("@%+=:,./_-", r)
}

// special says whether sh would take a bare first word for syntax: an
// assignment, or a reserved word of mksh(1).
func special(word string) bool {
	switch word {
	case "case", "do", "done", "elif", "else", "esac", "fi", "for", "function", "if",
		"in", "select", "then", "time", "until", "while":
		return true
	}
	return strings.Contains(word, "=")
}
