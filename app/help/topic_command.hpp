// `prun help TOPIC`: explains a mode, a subcommand, an option, a group of options, a function, or one of a few topics.
#pragma once

#include "options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// Returns the text on a topic, or nothing if the topic is none of those that prun knows without its functions.
[[nodiscard]] std::optional<std::string> topic_text(std::string_view topic);

/// Returns every topic that topic_text() knows, as `prun help topics` lists them.
[[nodiscard]] std::vector<std::string_view> topic_names();

/// @return the exit status. @throws UsageError for an unknown topic, with the nearest
[[nodiscard]] int explain_topic(const ExplainTopic& command);

}  // namespace prun::app
