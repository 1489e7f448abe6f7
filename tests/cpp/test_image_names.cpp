// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "effect/image_names.h"

using evenlight::ImageNames;

TEST(a_name_counts_with_the_sample_of_its_image) {
    ImageNames names;
    const std::string one = names.nameOf("one", 7);
    CHECK(one == "one 0000000000000007");
    CHECK(names.nameOf("one", 7) == one);
    CHECK(names.nameOf("other", 7) != one);
}

TEST(one_image_may_be_shown_at_many_times) {
    ImageNames names;
    for (int time = 0; time < 9; ++time) CHECK(!names.nameOf("held", 3).empty());
}

TEST(a_host_that_gives_one_name_to_two_images_is_not_believed_again) {
    ImageNames names;
    CHECK(!names.nameOf("one", 7).empty());
    CHECK(names.nameOf("one", 8).empty());
    CHECK(names.nameOf("one", 7).empty());
    CHECK(names.nameOf("never seen before", 9).empty());
}
