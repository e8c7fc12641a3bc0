package printout

// HeadingMark begins each line that a script of the harness's own prints between the
// print-outs of its commands: it says what the lines below are about.
var HeadingMark = []byte("@@ ")

// EndLine is the last line of such a script: nothing is missing before it.
var EndLine = []byte("@@ end")
