/** A referral is created once: when an answer is lost, the advocate's inventory says whether it was done. */
package dev.partnergateway.referral;
