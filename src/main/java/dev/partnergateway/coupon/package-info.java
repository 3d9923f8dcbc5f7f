/**
 * One coupon for one call, exactly once, also when the process dies in between: the code is chosen and written down before
 * it is sent, so that it can be looked up afterwards. Coupons that come in numbers are created in files. Begin to read at
 * {@link dev.partnergateway.coupon.CouponCreation}.
 */
package dev.partnergateway.coupon;
