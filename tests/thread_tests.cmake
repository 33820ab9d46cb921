# The test files that are built and run under ThreadSanitizer: those whose subject is used by several threads at once.
# Tests that fork a process of many threads stay out, which the sanitizer cannot follow.
string(JOIN "|" prun_thread_tests
  "^sys/"
  "^ring/"
  "/[a-z_]*thread[a-z_]*_test\\.cpp$"
  "/[a-z_]*future[a-z_]*_test\\.cpp$")
