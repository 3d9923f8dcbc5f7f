package dev.partnergateway.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * How long and how much.
 *
 * @param smoke whether nothing is measured: processes start as cheaply as they can, gateways within this one
 * @param warmUp load before anything is measured
 * @param time of one measurement
 * @param rounds measurements of each target
 * @param rate events a second
 * @param coupons a second
 * @param couponTime for how long
 * @param latency of a slow Talon.One
 * @param connections that always have a call under way, one number for each measurement
 * @param stored how many answers are stored, one number for each measurement
 */
record Plan(
        boolean smoke,
        Duration warmUp,
        Duration time,
        int rounds,
        int rate,
        int coupons,
        Duration couponTime,
        Duration latency,
        List<Integer> connections,
        List<Integer> stored) {

    /** As options say: see bench/README.md. */
    static Plan ofOptions() {
        return new Plan(
                false,
                Duration.ofSeconds(Integer.getInteger("bench.warm-up", 30)),
                Duration.ofSeconds(Integer.getInteger("bench.seconds", 20)),
                Integer.getInteger("bench.rounds", 3),
                Integer.getInteger("bench.rate", 400),
                Integer.getInteger("bench.coupons", 500),
                Duration.ofSeconds(Integer.getInteger("bench.coupon-seconds", 60)),
                Duration.ofMillis(Integer.getInteger("bench.latency", 200)),
                numbers("bench.connections", "100,250,1000"),
                numbers("bench.stored", "1000,10000,100000,1000000"));
    }

    /** Long enough to see that the scenarios still run. */
    static Plan ofSmoke() {
        return new Plan(
                true,
                Duration.ofMillis(200),
                Duration.ofSeconds(1),
                1,
                20,
                20,
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                List.of(10),
                List.of(10));
    }

    private static List<Integer> numbers(String option, String usual) {
        return Arrays.stream(System.getProperty(option, usual).split(","))
                .map(Integer::valueOf)
                .toList();
    }
}
