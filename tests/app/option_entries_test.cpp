// Every option has what help, the man page and completions need, and stands in all of them.
#include "app/completion/completion.hpp"
#include "app/help/help.hpp"
#include "app/help/option_help.hpp"
#include "app/help/text_layout.hpp"
#include "app/help/topic_command.hpp"
#include "app/man/man_page.hpp"
#include "app/options/foreign_options.hpp"
#include "app/options/option_groups.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <sstream>
#include <string>

using namespace prun::app;

namespace {

void for_each_option(const std::function<void(const Option&)>& check) {
  for (const OptionGroup* group : option_groups()) {
    CHECK_FALSE(group->options.empty());
    for (const Option& option : group->options) {
      CAPTURE(option.names);
      check(option);
    }
  }
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

void check_width(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= help_width);
  }
}

}  // namespace

TEST_CASE("every option has a line of help and a description") {
  for_each_option([](const Option& option) {
    CHECK_FALSE(option.help.empty());
    CHECK(option.help.size() <= help_width - 32);
    CHECK_FALSE(option.help.ends_with('.'));
    CHECK_FALSE(contains(option.help, "\n"));
    const auto paragraphs = paragraphs_of(option.details);
    REQUIRE_FALSE(paragraphs.empty());
    for (const Paragraph& paragraph : paragraphs) {
      if (!paragraph.example) CHECK((paragraph.text.ends_with('.') || paragraph.text.ends_with(':')));
      CHECK(std::count(paragraph.text.begin(), paragraph.text.end(), '`') % 2 == 0);
    }
  });
}

TEST_CASE("every option can be given, and is used") {
  const std::set<std::string_view> texts{"-h", "--help", "--version", "--completion"};  // which print a text
  for_each_option([&](const Option& option) {
    CHECK(overlap(option.words, words::all));
    CHECK((option.take != nullptr) != texts.contains(option.name()));
    const bool has_choices = option.completes == Completes::choices || option.completes == Completes::keywords;
    CHECK(has_choices != option.choices.empty());
    CHECK((option.completes == Completes::nothing || !option.is_flag()));
  });
}

TEST_CASE("options name each other by names that exist") {
  const auto exists = [](std::string_view name) {
    const Option* found = find_option(name);
    return found != nullptr && found->name() == name;  // CommandLine::has() knows no other name
  };
  for_each_option([&](const Option& option) {
    CHECK(exists(option.name()));
    for (const Exclusion& exclusion : option.excludes) {
      CHECK((exclusion.option.empty() || exists(exclusion.option)));
      CHECK(exclusion.option.empty() == exclusion.why.empty());
    }
    if (!option.needs.empty()) CHECK(exists(option.needs.substr(0, option.needs.find(' '))));
  });
}

TEST_CASE("options with the same name belong to different words, and agree about taking a value") {
  for_each_option([](const Option& option) {
    for_each_option([&](const Option& other) {
      if (&option == &other) return;
      const bool shared = any_name(option.names, [&](std::string_view name) {
        return any_name(other.names, [&](std::string_view known) { return known == name; });
      });
      if (!shared) return;
      CHECK(option.names == other.names);
      CHECK_FALSE(overlap(option.words, other.words));
      CHECK(option.is_flag() == other.is_flag());
      CHECK(option.repeatable == other.repeatable);
    });
  });
}

TEST_CASE("a name from GNU parallel belongs to one option, and prun does not refuse it") {
  for_each_option([](const Option& option) {
    if (option.also.empty()) return;
    any_name(option.also, [&](std::string_view name) {
      CAPTURE(name);
      CHECK(find_option(name)->names == option.names);
      CHECK(instead_of(name).empty());
      return false;
    });
  });
}

TEST_CASE("every option is in the help of the words that take it, and of no other") {
  for (const CommandWord& word : command_words()) {
    const std::string help = help_for(word);
    for_each_option([&](const Option& option) {
      const Option* taken = find_option(option.name(), word.self);
      std::string row;
      append_option(row, option);
      if (overlap(option.words, word.self)) CHECK(contains(help, "\n" + row));
      if (!overlap(taken->words, word.self)) CHECK_FALSE(contains(help, "\n" + row));
    });
  }
}

TEST_CASE("every option is in the man page and in the completions of every shell") {
  const std::string page = man_options();
  const std::string bash = completion_script("bash");
  const std::string zsh = completion_script("zsh");
  const std::string fish = completion_script("fish");
  for_each_option([&](const Option& option) {
    any_name(option.names, [&](std::string_view name) {
      CAPTURE(name);
      CHECK(contains(page, " Fl " + std::string(name.substr(1))));
      CHECK(contains(bash, name));
      CHECK(contains(zsh, std::string(name) + (option.is_flag() ? "[" : name.starts_with("--") ? "=[" : "+[")));
      CHECK(contains(fish, name.starts_with("--") ? " -l " + std::string(name.substr(2)) + " "
                                                  : " -s " + std::string(name.substr(1)) + " "));
      return false;
    });
  });
}

TEST_CASE("every topic has a text of at most 80 columns") {
  for (const std::string_view topic : topic_names()) {
    CAPTURE(topic);
    const auto text = topic_text(topic);
    REQUIRE(text);
    CHECK_FALSE(text->empty());
    check_width(*text);
  }
  CHECK_FALSE(topic_text("no such topic"));
}

TEST_CASE("the help is at most 80 columns wide") {
  check_width(general_help());
  check_width(short_help());
}
