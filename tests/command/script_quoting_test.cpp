// A placeholder of a script is exactly the input, wherever it stands. Real shells are the judges: dash or bash as /bin/sh, and
// bash under the name of sh where there is one.
#include "command/command_template.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <span>

using namespace prun::command;
using prun::test::Command;
using prun::test::Result;
using prun::test::run_command;

namespace {

/// A script that prints each of `text` before a NUL byte, and what an input x must become in it.
struct Context {
  const char* script;
  const char* before = "";
  const char* behind = "";
};

constexpr Context contexts[] = {
    {"printf '%s\\0' {}"},
    {"printf '%s\\0' {};"},
    {"printf '%s\\0' a{}b", "a", "b"},
    {"printf '%s\\0' {}{#}", "", "7"},
    {"printf '%s\\0' \"{}\""},
    {"printf '%s\\0' \"a $((1+1)) {}b\"", "a 2 ", "b"},
    {"printf '%s\\0' '{}'"},
    {"printf '%s\\0' x[{}]", "x[", "]"},
    {"printf '%s\\0' \"x[{}]=1\"", "x[", "]=1"},
    {"[ {} -eq 1 ] 2>/dev/null; printf '%s\\0' {}"},
    {"printf '%s\\0' 'it'\\''s \"{}\"'", "it's \"", "\""},
    {"printf '%s\\0' '$x${1}{}`'", "$x${1}", "`"},
    {"printf '%s\\0' \\{}"},
    {"printf '%s\\0' \\\\{}", "\\"},
    {"printf '%s\\0' a\\\\\\{}", "a\\"},
    {"printf '%s\\0' \"\\{}\"", "\\"},
    {"printf '%s\\0' \"\\\\{}\"", "\\"},
    {"printf '%s\\0' \"\\${}\"", "$"},
    {"printf '%s\\0' \\${}", "$"},
    {"printf '%s\\0' \"$\"{}", "$"},
    {"y=Y; printf '%s\\0' $y{}", "Y"},
    {"y=Y; printf '%s\\0' \"$y{}\"", "Y"},
    {"y=Y; printf '%s\\0' \"${y}{}$y\"", "Y", "Y"},
    {"set -- Y; printf '%s\\0' \"$1{}${1}\"", "Y", "Y"},
    {"set -- Y; printf '%s\\0' \"${#}{}$#\"", "1", "1"},
    {"x={}; printf '%s\\0' \"$x\""},
    {"x=\"{}\"; printf '%s\\0' \"$x\""},
    {"x=$(printf '%s.' {}); printf '%s\\0' \"${x%.}\""},
    {"x=\"$(printf '%s.' {})\"; printf '%s\\0' \"${x%.}\""},
    {"x=\"$(printf '%s.' \"{}\")\"; printf '%s\\0' \"${x%.}\""},
    {"x=\"$(printf '%s.' '{}')\"; printf '%s\\0' \"${x%.}\""},
    {"x=\"$(printf '%s' \"$(printf '%s' \"$(printf '%s.' a\"{}\"b)\")\")\"; printf '%s\\0' \"${x%.}\"", "a", "b"},
    {"x=$( (printf '%s' {}; (printf '%s' '.') ) ); printf '%s\\0' \"${x%.}\""},
    {"x=$(\n# it's a comment )\nprintf '%s.' \"{}\"); printf '%s\\0' \"${x%.}\""},
    {"printf '%s\\0' \"${x:-{}}\""},
    {"printf '%s\\0' ${x:-{}}"},
    {"printf '%s\\0' \"a${x:-b{}c}d\"", "ab", "cd"},
    {"printf '%s\\0' \"${x-it's \\{}}\"", "it's \\"},
    {"printf '%s\\0' \"${x:-${y:-{}}}\""},
    {"printf '%s\\0' ${x:-${y:-'{}'}}"},
    {"printf '%s\\0' ${x:-\"{}\"}"},
    {"printf '%s\\0' ${x:-'}'\\}{}}", "}}"},
    {"printf '%s\\0' \"${x:-\\}{}}\"", "}"},
    {"printf '%s\\0' \"${x:-$(printf '%s.' \"{}\")}\"", "", "."},
    {": \"${x:={}}\"; printf '%s\\0' \"$x\""},
    {"x=A{}; printf '%s\\0' \"${x#A}\""},
    {"x=A{}; y=\"${x%{}}\"; printf '%s\\0' \"$y{}\"", "A"},
    {"x={}A; y=${x#{}}; printf '%s\\0' \"$y\"{}", "A"},
    {"x={}A{}; y=\"${x##{}}\"; printf '%s\\0' \"${y%%{}}{}\"", "A"},
    {"case {} in {}) printf '%s\\0' {};; *) printf 'no\\0';; esac"},
    {"case x{} in x\"{}\") printf '%s\\0' \"{}\";; *) printf 'no\\0';; esac"},
    {"for i in {}; do printf '%s\\0' \"$i\"; done"},
    {"f() { printf '%s\\0' \"$1\"; }; f {}"},
    {"(printf '%s\\0' {})"},
    {"true && printf '%s\\0' {} || false"},
    {"printf '%s\\0' {}# # it's a comment `", "", "#"},
    {"printf '%s\\0' `printf '%s' '\\`'`{}", "`"},
    {"printf '%s\\0' \"`printf '\"'`{}\"", "\""},
    {"printf '%s\\0' $((1 + (2 * 3) + ${#}0)){}", "7"},
    {"printf '%s\\0' {} >&1 2>&1"},
    {"cat <<END >/dev/null; printf '%s\\0' \"{}\"\nit's\nEND"},
    {"printf '%s\\0' \\\n{}"},
    {"printf '%s\\0' a\\\n{}", "a"},
    {"printf '%s\\0' \"a\\\n{}\"", "a"},
};

/// Those that only bash reads, where it is known to run the script.
constexpr Context bash_contexts[] = {
    {"a=(x y); printf '%s\\0' \"${#a[@]}{}\"", "2"},
    {"a=(x y); printf '%s\\0' ${a[1]}{}", "y"},
    {"a=(x y); i=1; printf '%s\\0' \"${a[$i]}\"'{}'", "y"},
    {"a=(x y); printf '%s.' \"${a[@]}\"; printf '%s\\0' {}", "x.y."},
    {"a=({} b); printf '%s\\0' \"${a[0]}\""},
    {"a=(b); a+=({}); printf '%s\\0' \"${a[-1]}\""},
    {"a=(b); printf '%s\\0' ${a[3]:-{}}"},
    {"a=(A{}); printf '%s\\0' \"${a[0]#A}\""},
    {"y=aXa; printf '%s\\0' \"${y//a/b}{}\"", "bXb"},
    {"y=aXa; z=X; printf '%s\\0' ${y/$z/b}{}", "aba"},
    {"y=abc; printf '%s\\0' \"${y:1:1}{}${y: -1}\"", "b", "c"},
    {"y=abc; printf '%s\\0' \"${y^^}{}${y@Q}\"", "ABC", "'abc'"},
    {"y=abc; z=y; printf '%s\\0' \"${!z}{}\"", "abc"},
    {"printf '%s\\0' $'it\\'s\\t{}\\n'", "it's\t", "\n"},
    {"printf '%s\\0' a$'{}'\"b\"", "a", "b"},
    {"printf '%s\\0' $'\\\\{}'", "\\"},
    {"[[ {} == x* ]] || true; [[ {} ]] || true; printf '%s\\0' {}"},
    {"(( ${#y} < 3 )) && printf '%s\\0' \"{}\""},
    {"for ((i = 0; i < 1; i++)); do printf '%s\\0' {}; done"},
    {"printf '%s\\0' \"$(cat <(printf '%s.' {}))\"", "", "."},
    {"printf '%s\\0' \"$(cat <<<{}.)\"", "", "."},
};

std::vector<std::string> hostile_inputs() {
  std::vector<std::string> inputs{"",
                                  " ",
                                  "a b",
                                  "a",
                                  "it's",
                                  "'",
                                  "''",
                                  "\"",
                                  "\"'\"",
                                  "$(touch PWNED)",
                                  "`touch PWNED`",
                                  "${IFS}",
                                  "$x",
                                  "$",
                                  "$1",
                                  "!",
                                  "!!",
                                  "-n",
                                  "--help",
                                  "-",
                                  "*",
                                  "?",
                                  "[a-z]",
                                  "~",
                                  "~root",
                                  "\\",
                                  "\\\\",
                                  "\\'",
                                  "a\\",
                                  "\\n",
                                  "\n",
                                  "a\nb",
                                  "\n\n",
                                  "#",
                                  "# a",
                                  "; touch PWNED",
                                  "| touch PWNED",
                                  "& touch PWNED",
                                  ">PWNED",
                                  "<",
                                  "2",
                                  "9>PWNED",
                                  "a=b",
                                  "if",
                                  "done",
                                  "esac",
                                  "}",
                                  "{",
                                  "{}",
                                  "${x:-{}}",
                                  ")",
                                  "))",
                                  "(",
                                  "\t",
                                  "a}b",
                                  "\\}",
                                  "$'a'",
                                  "$((1))",
                                  "%s",
                                  "%",
                                  "\xff\xfe",
                                  "\xc3\xa9",
                                  "\xe6\x97\xa5\xe6\x9c\xac",
                                  "\x95\\",
                                  "\x95'",
                                  "\x01\x7f",
                                  "\r\n",
                                  "EOF\n",
                                  "')\"; touch PWNED; (\"'",
                                  "'; touch PWNED; '",
                                  "\"; touch PWNED; \"",
                                  "x\"$(touch PWNED)\"'$(touch PWNED)'"};
  std::string every_byte;
  for (int c = 1; c < 256; ++c) every_byte += static_cast<char>(c);
  inputs.push_back(every_byte);
  inputs.emplace_back(every_byte.rbegin(), every_byte.rend());
  return inputs;
}

/// All of them in one script, run in a folder of its own so that "PWNED" would be seen.
std::string script_of(const std::vector<CommandTemplate>& templates, std::string_view input) {
  std::string all;
  for (const CommandTemplate& parsed : templates)
    all += "(unset x y z a; " + parsed.expand({{input}, 7, 2}).at(2) + "\n)\n";
  return all + "ls";
}

std::vector<CommandTemplate> templates_of(std::span<const Context> contexts_, ShellDialect dialect) {
  std::vector<CommandTemplate> templates;
  for (const Context& context : contexts_) {
    auto parsed = CommandTemplate::of_script(context.script, false, {}, dialect);
    INFO(context.script);
    REQUIRE_MESSAGE(parsed, parsed.error());
    templates.push_back(std::move(*parsed));
  }
  return templates;
}

std::string expected_of(std::span<const Context> contexts_, std::string_view input) {
  std::string expected;
  for (const Context& context : contexts_) {
    expected += context.before;
    expected += input;
    expected += context.behind;
    expected += '\0';
  }
  return expected;
}

void check_against(const std::vector<std::string>& shell, std::span<const Context> contexts_ = contexts,
                   ShellDialect dialect = ShellDialect::common) {
  std::string folder = "/tmp/prun-quoting-XXXXXX";
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  const std::vector<CommandTemplate> templates = templates_of(contexts_, dialect);
  for (const std::string& input : hostile_inputs()) {
    Command command{shell};
    command.arguments.push_back("cd " + folder + "\n" + script_of(templates, input));
    const Result result = run_command(std::move(command));
    INFO("the input is: ", input);
    CHECK_MESSAGE(result.out == expected_of(contexts_, input), result);
    CHECK(result.err.empty());
  }
  CHECK(::rmdir(folder.c_str()) == 0);
}

std::string refusal(std::string_view script) {
  const auto parsed = CommandTemplate::of_script(script, true);
  return parsed ? "" : parsed.error();
}

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

}  // namespace

TEST_CASE("in every kind of quotes a placeholder is exactly the input, for /bin/sh") {
  check_against({"/bin/sh", "-c"});
}

TEST_CASE("in every kind of quotes a placeholder is exactly the input, for bash as sh") {
  if (::access("/bin/bash", X_OK) != 0) return;
  check_against({"/bin/bash", "-c", "exec -a sh /bin/bash -c \"$1\" sh", "bash"});
}

TEST_CASE("in every kind of quotes of bash a placeholder is exactly the input, if bash runs the script") {
  if (::access("/bin/bash", X_OK) != 0) return;
  std::vector<Context> accepted;
  for (const Context& context : contexts) {
    if (CommandTemplate::of_script(context.script, false, {}, ShellDialect::bash)) accepted.push_back(context);
  }
  CHECK(accepted.size() == std::size(contexts) - 6);  // of "${x:-...}", where bash reads single quotes as others do not
  check_against({"/bin/bash", "-c"}, accepted, ShellDialect::bash);
  check_against({"/bin/bash", "-c"}, bash_contexts, ShellDialect::bash);
}

TEST_CASE("of bash, too, is refused what cannot be known, and what only bash knows is refused for other shells") {
  const auto refused = [](std::string_view script, ShellDialect dialect, std::string_view input = "{}") {
    PlaceholderSyntax syntax;
    syntax.input = input;
    return !CommandTemplate::of_script(script, false, syntax, dialect);
  };
  for (const char* script :
       {"echo ${x//{}/b}", "echo ${x//'a'/b} {}", "echo ${x/\\}/b} {}", "echo ${x/$(y)/b} {}", "echo ${a[\"k\"]} {}",
        "echo ${a[{}]}", "echo ${x:{}:1}", "echo $'\\{}'", "echo \"${x//\"a\"/b}\" {}", "echo ${x/<(y)/b} {}",
        "echo \"${x:-{}}\"", "echo \"${x:-it's}\" {}"})
    CHECK_MESSAGE(refused(script, ShellDialect::bash), script);
  for (const char* script : {"echo ${x//,,/b}", "echo ${,,}", "echo $a,,b${x,,}"})
    CHECK_MESSAGE(refused(script, ShellDialect::bash, ",,"), script);
  for (const Context& context : {bash_contexts[0], bash_contexts[8], bash_contexts[9], bash_contexts[12]})
    CHECK_MESSAGE(refused(context.script, ShellDialect::common), context.script);
}

TEST_CASE("an empty input is an empty word, everywhere") {
  const auto parsed = CommandTemplate::of_script("set -- {} \"{}\" '{}' {2} {3}; echo $#", true);
  REQUIRE(parsed);
  const Result result = run_command(Command{parsed->expand({{"", ""}, 1, 1})});
  CHECK(result.out == "6\n");  // {} alone is two words
}

TEST_CASE("inputs that are appended to a script are quoted too") {
  const auto parsed = CommandTemplate::of_script("printf '%s,'", true);
  REQUIRE(parsed);
  CHECK(run_command(Command{parsed->expand({{"$(echo x)", "", "if", "2"}, 1, 1})}).out == "$(echo x),,if,2,");
  const auto open = CommandTemplate::of_script("echo \"", true);
  REQUIRE(open);
  const Result result = run_command(Command{open->expand({{"\"; echo PWNED; \""}, 1, 1})});
  CHECK(result.out.empty());
  CHECK(result.status == 2);  // the script's quotes are not closed
}

TEST_CASE("${1} and ${#} are the shell's own, in single quotes too") {
  const auto parsed = CommandTemplate::of_script("echo ${1} \"${#}\" '${1}' {1}", true);
  REQUIRE(parsed);
  CHECK(parsed->expand({{"a", "b"}, 1, 1}).at(2) == "echo ${1} \"${#}\" '${1}' a");
}

TEST_CASE("a placeholder is refused if the quoting is unknown, and the error has its position and a correction") {
  CHECK(refusal("echo `wc {}`") ==
        "column 10: {} stands in backquotes, where prun cannot quote the input; use $(...), or \"$1\"");
  CHECK(begins(refusal("cat <<E\n{}\nE"), "line 2, column 1: {} stands in or behind a here-document"));
  CHECK(begins(refusal("cat <<E\na\nE\necho {}"), "line 4, column 6: {} stands in or behind a here-document"));
  CHECK(begins(refusal("ls # \xc3\xa9 {.}"), "column 8: {.} stands in a comment"));
  CHECK(begins(refusal("echo $(( {} + 1 ))"), "column 10: {} stands in or behind arithmetic"));
  CHECK(begins(refusal("(( {} > 1 ))"), "column 4: {} stands in or behind arithmetic"));
  CHECK(begins(refusal("echo $[ 1 ] {}"), "column 13: {} stands in or behind arithmetic"));
  CHECK(begins(refusal("echo $((echo 'a)') | cat) {}"), "column 27: {} stands in or behind arithmetic"));
  CHECK(begins(refusal("echo $'{}'"), "column 8: {} stands in $'...'"));
  CHECK(begins(refusal("echo $'it\\'s' {}"), "column 15: {} stands behind quotes that bash"));
  CHECK(begins(refusal("echo \"${x:-\"a\"}\" {}"), "column 18: {} stands behind quotes that bash"));
  CHECK(begins(refusal("echo ${x:{}:1}"), "column 10: {} stands in or behind a form of ${...}"));
  CHECK(begins(refusal("echo \"${x:-$y{}}\""), "column 14: {} stands in or behind a form of ${...}"));
  CHECK(begins(refusal("echo $((${x:-{}}))"), "column 14: {} stands in or behind a form of ${...}"));
  CHECK(begins(refusal("echo $(case a in a) echo {};; esac)"), "column 26: {} stands behind 'case'"));
  CHECK(begins(refusal("echo ${}"), "column 7: {} stands behind a dollar sign"));
  for (const char* script : {"echo `wc {}`", "cat <<E\n{}\nE", "ls # {}", "echo $(( {} ))", "echo $'{}'", "echo ${/}"})
    CHECK(refusal(script).find("\"$1\"") != std::string::npos);
}

TEST_CASE("a placeholder is refused where bash would evaluate the input, however it is quoted") {
  for (const char* script : {"a[{}]=1", "a[1{}]=1", "x[{}]+=1", "a[\"{}\"]=1", "a[1 + {}]=1", "a[b[0]+{}]=1",
                             "a=([{}]=1)", "declare -a a=(x [{}]=1)", "a[${x:-{}}]=1", "true; export a['{}']=1"})
    CHECK_MESSAGE(refusal(script).find("stands in the subscript of an array") != std::string::npos, script);
  for (const char* script : {"[[ {} -eq 1 ]]", "[[ 1 -lt {} ]]", "[[ -v {} ]]", "[[ \"{} x\" -ne 1 ]]",
                             "if [[ a && {} -ge 1 ]]; then :; fi"})
    CHECK_MESSAGE(refusal(script).find("stands in a [[ ]]") != std::string::npos, script);
  for (const char* script : {"[[ {} == 1 ]] && [ 1 -eq 1 ]", "[[ 1 -eq 1 ]] && echo {}", "a[0]=1; echo {}",
                             "echo a[{}] b", "a=(1 {})", "a[$(echo {})]=1"})
    CHECK_MESSAGE(refusal(script).empty(), script);
}

TEST_CASE("a comment that only dash finds in arithmetic cannot hide a placeholder") {
  CHECK(refusal("((echo a # )) {}\n))").find("arithmetic") != std::string::npos);
  CHECK(refusal("(( x = 16#ff )); echo {} $((${#x} + 1))").empty());
}

TEST_CASE("the numbers of tasks and workers may be anywhere in a script") {
  const auto parsed = CommandTemplate::of_script("echo `echo {#}` $(({%} + 1)) # {#}", true);
  REQUIRE(parsed);
  CHECK(parsed->expand({{}, 7, 2}).at(2) == "echo `echo 7` $((2 + 1)) # 7");
  const auto before_sign = CommandTemplate::of_script("echo {#}>file", true);
  REQUIRE(before_sign);
  CHECK(begins(before_sign->expand({{}, 2, 2}).at(2), "echo '2'>file"));
}
