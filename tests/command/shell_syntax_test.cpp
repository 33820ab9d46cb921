// What looks like a shell's language in a command that is run without one.
#include "command/shell_syntax.hpp"

#include <doctest/doctest.h>

using namespace prun::command;

TEST_CASE("operators, redirections and variables outside of quotes are a shell's") {
  for (const auto& [text, found] : {std::pair{"cat {} | wc -l", "|"},
                                    {"a && b", "&&"},
                                    {"a; b", ";"},
                                    {"a ;b ; c", ";"},
                                    {"gzip -c {} > {}.gz", ">"},
                                    {"gzip -c {} >{}.gz", ">{}.gz"},
                                    {"a 2>&1", "2>&1"},
                                    {"a </dev/null", "</dev/null"},
                                    {"a &", "&"},
                                    {"echo $HOME {}", "$HOME"},
                                    {"echo \"$HOME\"", "$HOME"},
                                    {"echo $(date)", "$("}}) {
    INFO(text);
    CHECK(shell_syntax_in(text) == std::optional<std::string>(found));
  }
}

TEST_CASE("quoted operators, and characters that many programs use, are not shell syntax") {
  for (const char* text :
       {"grep '|' {}", "grep \"a && b\" {}", "grep a\\|b {}", "curl http://x/?a=1&b={}", "awk '{print $1}' {}",
        "grep 'a$' {}", "grep a$ {}", "find {} -exec wc ;", "find {} -exec wc \\;", "echo <a>", "sed s/a/b/;p {}",
        "echo \\$HOME", "echo a=b", "x \"\\\"\" \" | \"", "expr 1 '>' 2", "echo '$HOME'"}) {
    INFO(text);
    CHECK_FALSE(shell_syntax_in(text));
  }
}

TEST_CASE("words of the shell, assignments and shells are known") {
  CHECK(is_shell_word("cd"));
  CHECK_FALSE(is_shell_word("gzip"));
  CHECK(is_assignment("LC_ALL=C"));
  CHECK_FALSE(is_assignment("=a"));
  CHECK_FALSE(is_assignment("--a=b"));
  CHECK_FALSE(is_assignment("a"));
  CHECK(is_shell("/usr/bin/bash"));
  CHECK_FALSE(is_shell("fish.py"));
}
